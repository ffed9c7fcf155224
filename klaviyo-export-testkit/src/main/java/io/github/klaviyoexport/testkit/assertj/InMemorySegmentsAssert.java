package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.InMemorySegments;
import org.assertj.core.api.AbstractAssert;

/** Assertions on {@link InMemorySegments}: on the readers that were opened so far. */
public final class InMemorySegmentsAssert
    extends AbstractAssert<InMemorySegmentsAssert, InMemorySegments> {
  InMemorySegmentsAssert(InMemorySegments actual) {
    super(actual, InMemorySegmentsAssert.class);
  }

  /** Asserts that every reader that was opened is closed. */
  public InMemorySegmentsAssert hasNoOpenReader() {
    isNotNull();
    int open = actual.openReaders();
    if (open > 0) {
      throw failure("%s", open(actual, actual.openedReaders(), open));
    }
    return this;
  }

  /** Says of a source how many of its readers are open. */
  static String open(Object source, int opened, int open) {
    return "Every reader of "
        + source
        + " should be closed, but of "
        + InWords.number(opened)
        + " that "
        + (opened == 1 ? "was" : "were")
        + " opened "
        + InWords.count(open, "is", "are")
        + " still open: close each reader when it has been read, also after a failure.";
  }
}
