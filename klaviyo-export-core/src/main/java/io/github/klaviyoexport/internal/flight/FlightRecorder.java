package io.github.klaviyoexport.internal.flight;

/** The recorder of this JVM, looked for once: a runtime image may be without Flight Recorder. */
final class FlightRecorder {
  static final Flight OF_THIS_JVM =
      ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? FlightEvents.flight() : Flight.NONE;

  private FlightRecorder() {}
}
