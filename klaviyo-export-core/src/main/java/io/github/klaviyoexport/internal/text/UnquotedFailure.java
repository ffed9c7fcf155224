package io.github.klaviyoexport.internal.text;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stand-in for what foreign code threw: its type, its stack trace and its causes, without the
 * messages, which may quote data.
 */
public final class UnquotedFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** Deeper chains are cut; one may lead in a circle. */
  private static final int MOST = 16;

  private static final String HIDDEN = "its message is not shown, since it may quote data";

  private final String type;

  private UnquotedFailure(String type, String message, @Nullable Throwable cause) {
    super(message, cause, true, true);
    this.type = type;
  }

  /**
   * Returns what may be shown of a failure: itself if neither it nor what caused it says anything,
   * else a stand-in.
   */
  public static Throwable of(Throwable failure) {
    return saysNothing(failure, 0) ? failure : of(failure, HIDDEN, 0);
  }

  /**
   * Returns what may be shown of a failure that has promised to quote no data: its message, and
   * nothing that its causes say.
   */
  public static Throwable keepingMessage(Throwable failure) {
    Throwable cause = causeOf(failure);
    boolean asItIs =
        (cause == null || saysNothing(cause, 1))
            && suppressedOf(failure).stream().allMatch(other -> saysNothing(other, 1));
    return asItIs ? failure : of(failure, messageOf(failure), 0);
  }

  /**
   * Returns whether the message of what a source threw may be shown: that of an {@code
   * IOException}, which promises to quote no data. One of another library's type knows of no such
   * promise: parsers quote what they could not read.
   */
  public static boolean maySpeak(Throwable thrown) {
    String type = thrown.getClass().getName();
    return thrown instanceof IOException
        && (type.startsWith("java.")
            || type.startsWith("javax.")
            || type.startsWith("io.github.klaviyoexport."));
  }

  /** Returns whether printing a failure shows types and places only. */
  private static boolean saysNothing(Throwable failure, int depth) {
    try {
      Throwable cause = failure.getCause();
      return depth < MOST
          && failure.toString().equals(failure.getClass().getName())
          && failure.getMessage() == null
          && (cause == null || saysNothing(cause, depth + 1))
          && suppressedOf(failure).stream().allMatch(other -> saysNothing(other, depth + 1));
    } catch (Throwable worse) {
      return false;
    }
  }

  private static UnquotedFailure of(Throwable failure, String message, int depth) {
    Throwable cause = depth == MOST ? null : causeOf(failure);
    UnquotedFailure unquoted =
        new UnquotedFailure(
            failure.getClass().getName(), message, cause == null ? null : below(cause, depth));
    unquoted.setStackTrace(traceOf(failure));
    if (depth < MOST) {
      suppressedOf(failure).forEach(other -> unquoted.addSuppressed(below(other, MOST)));
    }
    return unquoted;
  }

  private static UnquotedFailure below(Throwable failure, int depth) {
    return of(failure, HIDDEN, depth + 1);
  }

  /** Returns what an exception says of itself; its type if it says nothing, or fails even there. */
  public static String messageOf(Throwable failure) {
    try {
      String message = failure.getMessage();
      return message == null ? failure.getClass().getName() : message;
    } catch (Throwable worse) {
      return failure.getClass().getName();
    }
  }

  private static @Nullable Throwable causeOf(Throwable failure) {
    try {
      return failure.getCause();
    } catch (Throwable worse) {
      return null;
    }
  }

  /** Returns where a failure was thrown, to be put behind its type; empty if it does not say. */
  public static String placeOf(Throwable failure) {
    StackTraceElement[] trace = traceOf(failure);
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  private static StackTraceElement[] traceOf(Throwable failure) {
    try {
      return failure.getStackTrace();
    } catch (Throwable worse) {
      return new StackTraceElement[0];
    }
  }

  private static List<Throwable> suppressedOf(Throwable failure) {
    Throwable[] suppressed = failure.getSuppressed();
    return List.of(suppressed).subList(0, Math.min(MOST, suppressed.length));
  }

  /** Returns the name of the type that was thrown. */
  public String type() {
    return type;
  }

  /** Returns the type that was thrown, and what may be shown of its message. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // It is printed as what it stands for.
  public String toString() {
    return type + ": " + getMessage();
  }
}
