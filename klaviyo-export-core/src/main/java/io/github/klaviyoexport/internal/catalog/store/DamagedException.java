package io.github.klaviyoexport.internal.catalog.store;

/** An entry that is not what it should be; the message names the place and no content. */
public final class DamagedException extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
