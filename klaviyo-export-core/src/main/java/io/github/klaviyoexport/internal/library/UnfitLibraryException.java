package io.github.klaviyoexport.internal.library;

/** The failure of a library that is missing or does not fit; its message says what to do. */
public final class UnfitLibraryException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  UnfitLibraryException(String message, LinkageError cause) {
    super(message, cause);
  }
}
