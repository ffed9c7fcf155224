package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What happens to one call, scripted ahead; its text names it, as reports do. */
public sealed interface ScriptedFault {

  /** 429, with a {@code Retry-After} of whole seconds or without one. */
  record RateLimited(Optional<Duration> retryAfter) implements ScriptedFault {
    @Override
    public String toString() {
      return "rate-limited"
          + retryAfter.map(after -> ", Retry-After " + after.toSeconds() + " s").orElse("");
    }
  }

  /**
   * A server error.
   *
   * @param processed whether the account does what was asked, so that only the answer suffers
   */
  record ServerError(int status, boolean processed) implements ScriptedFault {
    /** Checks the status. */
    public ServerError {
      if (status < 500 || status > 599) {
        throw new IllegalArgumentException(
            status + " is not a server error: pass 500 to 599, or use Fault.answered.");
      }
    }

    @Override
    public String toString() {
      return "server error " + status + " " + moment(processed);
    }
  }

  /**
   * A connection that breaks without an answer.
   *
   * @param processed whether the account does what was asked before that
   */
  record Dropped(boolean processed) implements ScriptedFault {
    @Override
    public String toString() {
      return "connection dropped " + moment(processed);
    }
  }

  /** An answer that begins, after processing, and never ends. */
  record Stalled() implements ScriptedFault {
    @Override
    public String toString() {
      return "answer stalled";
    }
  }

  /** An answer, after processing, with half its body, as if it were whole. */
  record Garbled() implements ScriptedFault {
    @Override
    public String toString() {
      return "answer garbled";
    }
  }

  /** An answer, after processing, that does not say which job was made: {@code {}}, or nothing. */
  record Silent(boolean empty) implements ScriptedFault {
    @Override
    public String toString() {
      return "answer without a job" + (empty ? ", empty" : "");
    }
  }

  /** An answer, after processing, that is the one to the import before. */
  record AnsweredAsBefore() implements ScriptedFault {
    @Override
    public String toString() {
      return "answered as the import before";
    }
  }

  /** An answer, after processing, with headers of the test's own. */
  record WithHeaders(Map<String, String> headers) implements ScriptedFault {
    /** Copies the headers. */
    public WithHeaders {
      headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
      return "other headers " + headers.keySet();
    }
  }

  /** An answer, after processing, in which one text is another. */
  record Rewritten(String text, String other) implements ScriptedFault {
    /** Checks that there is a text. */
    public Rewritten {
      Objects.requireNonNull(other, "other");
      if (text.isEmpty()) {
        throw new IllegalArgumentException("Say which text of the answer is to become another.");
      }
    }

    @Override
    public String toString() {
      return "answer rewritten";
    }
  }

  /** 410 instead of processing. */
  record RevisionRetired() implements ScriptedFault {
    @Override
    public String toString() {
      return "revision retired";
    }
  }

  /** 403 of the API to a key that has the scope. */
  record Forbidden() implements ScriptedFault {
    @Override
    public String toString() {
      return "forbidden";
    }
  }

  /** A challenge by Klaviyo's edge instead of an answer. */
  record EdgeChallenge() implements ScriptedFault {
    @Override
    public String toString() {
      return "edge challenge";
    }
  }

  /** An answer of the test's own instead of processing. */
  record Answered(int status, Map<String, String> headers, String body) implements ScriptedFault {
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

  /** No fault: the call is let through. */
  record None() implements ScriptedFault {
    @Override
    public String toString() {
      return "no fault";
    }
  }

  /** A job that takes this long instead of the account's usual time. */
  record JobTakes(Duration duration) implements ScriptedFault {
    /** Checks that the duration is there and not negative. */
    public JobTakes {
      UsageErrors.notNegative("A job's duration", duration);
    }

    @Override
    public String toString() {
      return "job takes " + duration;
    }
  }

  /** A job that is cancelled half way and imports nothing. */
  record JobCancelled() implements ScriptedFault {
    @Override
    public String toString() {
      return "job cancelled";
    }
  }

  /**
   * A job that counts fewer profiles as imported than it imported.
   *
   * @param missing how many fewer; below 0 to count none at all, {@code null}
   */
  record JobMiscounts(int missing) implements ScriptedFault {
    @Override
    public String toString() {
      return missing < 0 ? "job counts nothing" : "job counts " + missing + " too few";
    }
  }

  /** A job that stays in processing for ever. */
  record JobEndless() implements ScriptedFault {
    @Override
    public String toString() {
      return "job endless";
    }
  }

  private static String moment(boolean processed) {
    return processed ? "after processing" : "before processing";
  }
}
