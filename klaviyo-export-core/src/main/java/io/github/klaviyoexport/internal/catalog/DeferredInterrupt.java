package io.github.klaviyoexport.internal.catalog;

/**
 * An interrupt of the thread that waits until something is written, which an interrupted thread can
 * do neither in a database nor in a file. It is closed by the thread that has made it.
 */
final class DeferredInterrupt implements AutoCloseable {
  private boolean interrupted;

  DeferredInterrupt() {
    defer();
  }

  /** Notes an interrupt that has come since. */
  void defer() {
    interrupted |= Thread.interrupted();
  }

  /** Notes an interrupt that was thrown. */
  void defer(InterruptedException interrupt) {
    interrupted = true;
  }

  /** Ends it: the thread is interrupted if that was deferred. */
  @Override
  public void close() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
