package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that goes wrong with one call, scripted ahead.
 *
 * <p>The fake behaves well until it is told otherwise:
 *
 * <pre>{@code
 * klaviyo.script(Operation.BULK_IMPORT_PROFILES,
 *     Fault.rateLimited(Duration.ofSeconds(2)),   // the next call
 *     Fault.dropped(Fault.Moment.AFTER_PROCESSING));   // the one after that
 * }</pre>
 *
 * <p>Each fault is met by one call. Its text names it, as reports do.
 */
public sealed interface Fault {

  /** When a fault strikes. */
  enum Moment {
    /** The call changes nothing in the account. */
    BEFORE_PROCESSING("before processing"),
    /** The account did what was asked; only the answer suffers. */
    AFTER_PROCESSING("after processing");

    private final String words;

    Moment(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** 429 with a {@code Retry-After} in whole seconds, rounded up, at least 1. */
  static Fault rateLimited(Duration retryAfter) {
    UsageErrors.notNegative("Retry-After", retryAfter);
    long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    return new RateLimited(Optional.of(Duration.ofSeconds(seconds)));
  }

  /** 429 without {@code Retry-After}, as Klaviyo has sent in the past. */
  static Fault rateLimited() {
    return new RateLimited(Optional.empty());
  }

  /**
   * A server error before processing.
   *
   * @param status 500 to 599; those of Klaviyo's edge, 502, 504 and 520 and up, come as HTML
   * @throws IllegalArgumentException if the status is none of these
   */
  static Fault serverError(int status) {
    return serverError(status, Moment.BEFORE_PROCESSING);
  }

  /**
   * A server error before or after processing.
   *
   * @throws IllegalArgumentException if the status is not 500 to 599
   */
  static Fault serverError(int status, Moment moment) {
    return new ServerError(status, moment);
  }

  /** The connection breaks without an answer. */
  static Fault dropped(Moment moment) {
    return new Dropped(moment);
  }

  /** The account did what was asked and began to answer, and then nothing more comes. */
  static Fault stalled() {
    return new Stalled();
  }

  /** The account did what was asked, and half of the answer's body comes, as if it were whole. */
  static Fault garbled() {
    return new Garbled();
  }

  /** 403 with an HTML page, by which Klaviyo's edge asks a machine to prove that it is human. */
  static Fault edgeChallenge() {
    return new EdgeChallenge();
  }

  /**
   * An answer of your own, given instead of processing.
   *
   * @param headers names and values, {@code Content-Type} for example
   */
  static Fault answered(int status, Map<String, String> headers, String body) {
    return new Answered(status, headers, body);
  }

  /** No fault: lets one call through, so that a later one meets the next. */
  static Fault none() {
    return new None();
  }

  /**
   * The job that the call starts takes this long instead of the account's usual time.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  static Fault jobTakes(Duration duration) {
    return new JobTakes(duration);
  }

  /** The job that the call starts is cancelled half way and imports nothing. */
  static Fault jobCancelled() {
    return new JobCancelled();
  }

  /** The job that the call starts stays in processing for ever. */
  static Fault jobEndless() {
    return new JobEndless();
  }

  /** See {@link #rateLimited(Duration)}. */
  record RateLimited(Optional<Duration> retryAfter) implements Fault {
    @Override
    public String toString() {
      return "rate-limited"
          + retryAfter.map(after -> ", Retry-After " + after.toSeconds() + " s").orElse("");
    }
  }

  /** See {@link #serverError(int, Moment)}. */
  record ServerError(int status, Moment moment) implements Fault {
    /** Checks the status. */
    public ServerError {
      Objects.requireNonNull(moment, "moment");
      if (status < 500 || status > 599) {
        throw new IllegalArgumentException(
            status + " is not a server error: pass 500 to 599, or use Fault.answered.");
      }
    }

    @Override
    public String toString() {
      return "server error " + status + " " + moment;
    }
  }

  /** See {@link #dropped(Moment)}. */
  record Dropped(Moment moment) implements Fault {
    /** Checks that the moment is there. */
    public Dropped {
      Objects.requireNonNull(moment, "moment");
    }

    @Override
    public String toString() {
      return "connection dropped " + moment;
    }
  }

  /** See {@link #stalled()}. */
  record Stalled() implements Fault {
    @Override
    public String toString() {
      return "answer stalled";
    }
  }

  /** See {@link #garbled()}. */
  record Garbled() implements Fault {
    @Override
    public String toString() {
      return "answer garbled";
    }
  }

  /** See {@link #edgeChallenge()}. */
  record EdgeChallenge() implements Fault {
    @Override
    public String toString() {
      return "edge challenge";
    }
  }

  /** See {@link #answered(int, Map, String)}. */
  record Answered(int status, Map<String, String> headers, String body) implements Fault {
    /** Copies the headers. */
    public Answered {
      headers = Map.copyOf(headers);
      Objects.requireNonNull(body, "body");
    }

    @Override
    public String toString() {
      return "answered " + status;
    }
  }

  /** See {@link #none()}. */
  record None() implements Fault {
    @Override
    public String toString() {
      return "no fault";
    }
  }

  /** See {@link #jobTakes(Duration)}. */
  record JobTakes(Duration duration) implements Fault {
    /** Checks that the duration is there and not negative. */
    public JobTakes {
      UsageErrors.notNegative("A job's duration", duration);
    }

    @Override
    public String toString() {
      return "job takes " + duration;
    }
  }

  /** See {@link #jobCancelled()}. */
  record JobCancelled() implements Fault {
    @Override
    public String toString() {
      return "job cancelled";
    }
  }

  /** See {@link #jobEndless()}. */
  record JobEndless() implements Fault {
    @Override
    public String toString() {
      return "job endless";
    }
  }
}
