package io.github.klaviyoexport.testkit.assertj;

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
    if (actual.openReaders() > 0) {
      throw failure(
          "Every reader of %s should be closed, but of %s that were opened %s still open: close each"
              + " reader when it has been read, also after a failure.",
          actual,
          actual.openedReaders(),
          actual.openReaders() == 1 ? "1 is" : actual.openReaders() + " are");
    }
    return this;
  }
}
