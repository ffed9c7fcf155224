package io.github.klaviyoexport.internal.run;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** The failure of a source: what it threw, in which of its methods. */
public final class SourceFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Throwable thrown;
  private final String method;
  private final boolean interruption;

  private SourceFailure(@Nullable Throwable thrown, String method, boolean interruption) {
    super(method, null, false, false);
    this.thrown = thrown;
    this.method = method;
    this.interruption = interruption;
  }

  /** Returns the failure of a source that threw something in one of its methods. */
  static SourceFailure of(Throwable thrown, String method) {
    if (thrown instanceof SourceFailure nothing) {
      return new SourceFailure(null, method, nothing.interruption);
    }
    boolean interruption =
        thrown instanceof InterruptedException
            || thrown instanceof ClosedByInterruptException
            || thrown instanceof InterruptedIOException
                && !(thrown instanceof SocketTimeoutException);
    return new SourceFailure(thrown, method, interruption);
  }

  /** Returns the failure of a source that returned null where it must not. */
  static SourceFailure nothing() {
    return new SourceFailure(null, "", false);
  }

  /** Returns the failure of a source whose thread was interrupted by the source itself. */
  static SourceFailure interruption() {
    return new SourceFailure(null, "", true);
  }

  /** Returns the same failure, of a source whose thread was interrupted by the source itself. */
  SourceFailure interrupted() {
    return new SourceFailure(thrown, method, true);
  }

  /** Returns what the source threw; {@code null} if it returned null instead. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Returns the method that failed, with its brackets. */
  String method() {
    return method;
  }

  /** Returns whether the source was interrupted, so that it is not to blame. */
  boolean isInterruption() {
    return interruption;
  }
}
