package io.github.klaviyoexport.internal.flight;

/**
 * The recorder of this JVM, if it has one: a runtime image may be without Flight Recorder.
 *
 * <p>Flight Recorder takes a tenth of a second to start, and the first event starts it. So there
 * are no events before someone else has started it, which every recording does.
 */
final class FlightRecorder {
  static final Flight OF_THIS_JVM =
      ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? FlightRecorder::begin : Flight.NONE;

  private FlightRecorder() {}

  private static Flight.Span begin(Flight.Kind kind, String what, int number, long size) {
    return jdk.jfr.FlightRecorder.isInitialized()
        ? Events.FLIGHT.begin(kind, what, number, size)
        : Flight.Span.NONE;
  }

  /** The events, which are loaded when something may be recorded. */
  private static final class Events {
    static final Flight FLIGHT = FlightEvents.flight();
  }
}
