package io.github.klaviyoexport.internal.flight;

import io.github.klaviyoexport.internal.flight.Flight.Kind;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The events, which are loaded only where the JVM has Flight Recorder. */
// Flight Recorder reads the fields.
@SuppressWarnings("UnusedVariable")
final class FlightEvents {
  private FlightEvents() {}

  /** Returns the flight that writes these events. */
  static Flight flight() {
    return (kind, what, number, size) -> {
      Timed event = event(kind);
      if (!event.isEnabled()) {
        return Flight.Span.NONE;
      }
      event.begin();
      return outcome -> {
        event.end();
        if (event.shouldCommit()) {
          event.fill(what, number, size, outcome);
          event.commit();
        }
      };
    };
  }

  private static Timed event(Kind kind) {
    return switch (kind) {
      case RUN -> new Run();
      case BATCH -> new Batch();
      case WAIT -> new Wait();
      case ATTEMPT -> new Attempt();
      case JOB -> new Job();
    };
  }

  /** An event that takes time. */
  @Category("Klaviyo Export")
  @StackTrace(false)
  private abstract static class Timed extends Event {
    abstract void fill(String what, int number, long size, String outcome);
  }

  @Name("klaviyo.export.Run")
  @Label("Run")
  @Description("An export, from opening its segment to its end")
  private static final class Run extends Timed {
    @Label("Segment and List")
    private @Nullable String target;

    @Label("Outcome")
    private @Nullable String outcome;

    @Override
    void fill(String what, int number, long size, String ending) {
      target = what;
      outcome = ending;
    }
  }

  @Name("klaviyo.export.Batch")
  @Label("Batch")
  @Description("The profiles of one request, from when it is full until it needs no more care")
  private static final class Batch extends Timed {
    @Label("Number in the Run")
    private int number;

    @Label("Profiles")
    private long profiles;

    @Override
    void fill(String what, int itsNumber, long size, String ending) {
      number = itsNumber;
      profiles = size;
    }
  }

  @Name("klaviyo.export.Wait")
  @Label("Wait for the Quota")
  @Description("A call that waits for its turn in the account's quota")
  private static final class Wait extends Timed {
    @Label("Operation")
    private @Nullable String operation;

    @Override
    void fill(String what, int number, long size, String ending) {
      operation = what;
    }
  }

  @Name("klaviyo.export.Attempt")
  @Label("Attempt")
  @Description("One sending of a call, until its answer")
  private static final class Attempt extends Timed {
    @Label("Operation")
    private @Nullable String operation;

    @Label("Attempt")
    private int attempt;

    @Label("Bytes Sent")
    @DataAmount
    private long bytesSent;

    @Label("Status")
    private @Nullable String status;

    @Override
    void fill(String what, int number, long size, String ending) {
      operation = what;
      attempt = number;
      bytesSent = size;
      status = ending;
    }
  }

  @Name("klaviyo.export.Job")
  @Label("Import Job")
  @Description("An import job, from when Klaviyo has taken it over until its errors are read")
  private static final class Job extends Timed {
    @Label("Job")
    private @Nullable String job;

    @Label("Profiles")
    private long profiles;

    @Label("Status")
    private @Nullable String status;

    @Override
    void fill(String what, int number, long size, String ending) {
      job = what;
      profiles = size;
      status = ending;
    }
  }
}
