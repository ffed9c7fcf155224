package io.github.klaviyoexport.internal.json;

/**
 * A document that this version of the library or this Java cannot read, while another may; the
 * message says what it cannot read, to follow "cannot be read here: ".
 */
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates it with what cannot be read. */
  public UnreadableException(String message) {
    super(message);
  }
}
