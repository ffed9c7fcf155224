package io.github.klaviyoexport.testkit.junit;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.call.Quotas;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What one test works with: an account, its clock and segments.
 *
 * @param http whether exporters reach the account over HTTP
 */
record TestFixture(FakeKlaviyo klaviyo, boolean http, InMemorySegments segments)
    implements AutoCloseable {
  private static final List<Class<?>> PARTS =
      List.of(
          FakeKlaviyo.class,
          VirtualTime.class,
          InMemorySegments.class,
          SegmentExporter.Builder.class);

  static TestFixture open(boolean http, UnaryOperator<FakeKlaviyoBuilder> settings) {
    FakeKlaviyoBuilder account =
        Objects.requireNonNull(
            settings.apply(FakeKlaviyo.builder().time(VirtualTime.create())),
            "The settings of the account are null: have account(...) return the builder it is"
                + " given.");
    return new TestFixture(account.start(), http, InMemorySegments.empty());
  }

  static boolean has(Class<?> type) {
    return PARTS.contains(type);
  }

  Object part(Class<?> type) {
    if (type == FakeKlaviyo.class) {
      return klaviyo;
    }
    if (type == VirtualTime.class) {
      return virtualTime();
    }
    return type == InMemorySegments.class ? segments : exporter();
  }

  private VirtualTime virtualTime() {
    TimeSource time = klaviyo.time();
    if (time instanceof VirtualTime virtual) {
      return virtual;
    }
    throw new ExtensionConfigurationException(
        "The account has a clock that account(...) gave it, which is no VirtualTime: take none, or"
            + " leave the account the one it has.");
  }

  private SegmentExporter.Builder exporter() {
    return SegmentExporter.builder()
        .klaviyo(http ? klaviyo.httpConnection() : klaviyo.connection())
        .source(segments)
        .time(klaviyo.time());
  }

  /** Fails when a script has not happened, or a reader or an exporter is open. */
  void requireOrder() {
    StringBuilder undone = new StringBuilder();
    for (String name : klaviyo.unused()) {
      undone.append("\n  scripted, and never happened: ").append(name);
    }
    if (segments.openReaders() > 0) {
      undone.append("\n  readers of ").append(segments).append(" not closed: ");
      undone.append(segments.openReaders()).append(" of ").append(segments.openedReaders());
    }
    int exporters = openExporters();
    if (exporters > 0) {
      undone.append("\n  not closed: ").append(InWords.count(exporters, "exporter"));
    }
    if (!undone.isEmpty()) {
      throw new AssertionError(
          "The test passed, and left something undone. Script what happens only, and close readers"
              + " and exporters."
              + undone
              + ("\n" + klaviyo.timeline()));
    }
  }

  /**
   * Returns how many exporters to the account are open, as far as they are told from others': by
   * its address, or by a clock of its own.
   */
  private int openExporters() {
    if (!http && !(klaviyo.time() instanceof VirtualTime)) {
      return 0;
    }
    // The test may have closed the account, which then has no connections any more.
    KlaviyoConnection connection = KlaviyoConnection.of(klaviyo.apiKey());
    try {
      return Quotas.holders(
          http ? connection.baseUrl(klaviyo.baseUrl()) : connection, klaviyo.time());
    } catch (IllegalStateException closed) {
      // Nobody has asked for its address, so none leads there.
      return 0;
    }
  }

  @Override
  public void close() {
    klaviyo.close();
  }
}
