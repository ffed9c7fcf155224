package io.github.klaviyoexport.internal.springboot;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** The conditions that properties say where something is kept. */
final class OnPlace {
  private OnPlace() {}

  /** The condition for the journal. */
  static final class OfJournal extends AnyNestedCondition {
    OfJournal() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    /** In a directory. */
    @ConditionalOnProperty("klaviyo.export.journal.directory")
    static final class JournalDirectory {}

    /** In the database. */
    @ConditionalOnBooleanProperty("klaviyo.export.journal.database")
    static final class JournalDatabase {}
  }

  /** The condition for the memory. */
  static final class OfMemory extends AnyNestedCondition {
    OfMemory() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    /** In a directory. */
    @ConditionalOnProperty("klaviyo.export.memory.directory")
    static final class MemoryDirectory {}

    /** In the database. */
    @ConditionalOnBooleanProperty("klaviyo.export.memory.database")
    static final class MemoryDatabase {}
  }
}
