package io.github.klaviyoexport.internal.text;

/**
 * A fault in what foreign code gave, found by a check of this library: its message is the library's
 * own and quotes nothing, so it may be shown where the messages of foreign code may not.
 */
public final class OwnWordsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that quotes nothing. */
  public OwnWordsException(String message) {
    super(message);
  }
}
