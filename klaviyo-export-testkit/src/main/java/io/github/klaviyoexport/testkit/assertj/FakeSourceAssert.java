package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.testkit.FakeSource;
import org.assertj.core.api.AbstractAssert;

/** Assertions on a {@link FakeSource}: on the readers that were opened so far. */
public final class FakeSourceAssert extends AbstractAssert<FakeSourceAssert, FakeSource> {
  FakeSourceAssert(FakeSource actual) {
    super(actual, FakeSourceAssert.class);
  }

  /** Asserts that every reader that was opened is closed. */
  public FakeSourceAssert hasNoOpenReader() {
    isNotNull();
    int open = actual.openReaders();
    if (open > 0) {
      throw failure("%s", InMemorySegmentsAssert.open(actual, actual.openedReaders(), open));
    }
    return this;
  }
}
