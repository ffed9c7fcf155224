package io.github.klaviyoexport.internal.source;

/**
 * What stands for a failure of code that is not ours, as a cause: its type and where it happened,
 * without its message, which may quote a customer's value.
 */
final class WithoutMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private WithoutMessage(Throwable failure) {
    super(failure.getClass().getName());
    setStackTrace(failure.getStackTrace());
  }

  static WithoutMessage of(Throwable failure) {
    return new WithoutMessage(failure);
  }
}
