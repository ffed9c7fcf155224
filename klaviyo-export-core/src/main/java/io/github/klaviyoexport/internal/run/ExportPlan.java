package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.OtherFields;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.source.Segment;
import org.jspecify.annotations.Nullable;

/**
 * All that one export is told: what goes where, and how.
 *
 * @param listRef the list, or the name by which it is to be found
 */
public record ExportPlan(Segment segment, ListRef listRef, ExportSettings settings) {
  /**
   * Returns the list.
   *
   * @throws IllegalStateException if it has yet to be found
   */
  public ListId list() {
    ListId list = knownList();
    if (list == null) {
      throw new IllegalStateException("The list " + listRef + " has not been found yet.");
    }
    return list;
  }

  /** Returns the list; {@code null} if it has yet to be found. */
  public @Nullable ListId knownList() {
    return listRef instanceof ListId list ? list : null;
  }

  /** Returns the same for the list that was found. */
  public ExportPlan to(ListId found) {
    return new ExportPlan(segment, found, settings);
  }

  /** Returns the same without the customers who were erased. */
  public ExportPlan without(ErasedCustomers erased) {
    return new ExportPlan(segment, listRef, settings.erased(erased));
  }

  /** Returns what tells this export from others in the journal. */
  public Setup setup() {
    return new Setup(
        segment.name(),
        list().value(),
        settings.klaviyo().server(),
        settings.mapping() + " in " + settings.mapping().zone(),
        settings.mode());
  }

  /**
   * Returns the source's name for a Klaviyo attribute such as {@code location/city}, if one is
   * mapped.
   */
  public @Nullable String sourceField(@Nullable String attribute) {
    if (attribute != null) {
      String path = attribute.replaceFirst("/", ".").replace("~1", "/").replace("~0", "~");
      for (MappedField field : settings.mapping().fields()) {
        if (field.path().equals(path)) {
          return field.source();
        }
      }
      OtherFields others = settings.mapping().others();
      String properties = ProfileField.PROPERTY.path() + ".";
      if (others != null && path.startsWith(properties + others.prefix())) {
        return path.substring(properties.length() + others.prefix().length());
      }
    }
    return null;
  }
}
