package io.github.klaviyoexport.testkit.junit;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What one test works with: an account, its clock and segments.
 *
 * @param http whether exporters reach the account over HTTP
 */
record TestFixture(FakeKlaviyo klaviyo, boolean http, VirtualTime time, InMemorySegments segments)
    implements AutoCloseable {
  private static final List<Class<?>> PARTS =
      List.of(
          FakeKlaviyo.class,
          VirtualTime.class,
          InMemorySegments.class,
          SegmentExporter.Builder.class);

  static TestFixture open(boolean http, UnaryOperator<FakeKlaviyoBuilder> settings) {
    VirtualTime time = VirtualTime.create();
    FakeKlaviyoBuilder account =
        Objects.requireNonNull(
                settings.apply(FakeKlaviyo.builder()),
                "The settings of the account are null: have account(...) return the builder it is"
                    + " given.")
            // Last: the exporter's builder has this clock, and two of them would never meet.
            .time(time);
    return new TestFixture(account.start(), http, time, InMemorySegments.empty());
  }

  static boolean has(Class<?> type) {
    return PARTS.contains(type);
  }

  Object part(Class<?> type) {
    if (type == FakeKlaviyo.class) {
      return klaviyo;
    }
    if (type == VirtualTime.class) {
      return time;
    }
    return type == InMemorySegments.class ? segments : exporter();
  }

  private SegmentExporter.Builder exporter() {
    return SegmentExporter.builder()
        .klaviyo(http ? klaviyo.httpConnection() : klaviyo.connection())
        .source(segments)
        .time(time);
  }

  /** Fails when a script has not happened or a reader is open. */
  void requireOrder() {
    StringBuilder undone = new StringBuilder();
    for (String name : klaviyo.unused()) {
      undone.append("\n  scripted, and never happened: ").append(name);
    }
    if (segments.openReaders() > 0) {
      undone.append("\n  readers of ").append(segments).append(" not closed: ");
      undone.append(segments.openReaders()).append(" of ").append(segments.openedReaders());
    }
    if (!undone.isEmpty()) {
      throw new AssertionError(
          "The test passed, and left something undone. Script what happens only, and close readers."
              + undone
              + ("\n" + klaviyo.timeline()));
    }
  }

  @Override
  public void close() {
    klaviyo.close();
  }
}
