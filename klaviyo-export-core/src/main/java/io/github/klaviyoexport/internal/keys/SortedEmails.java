package io.github.klaviyoexport.internal.keys;

/**
 * The email addresses of a source that is sorted by them, of which the last one alone is held: who
 * comes twice comes twice in a row.
 *
 * <p>The order is that of ASCII, character by character, of addresses in the form in which equal
 * ones are one customer. It is that of their bytes as well, so a database that collates by bytes
 * and a sorting of lines by bytes have it. An address with other characters, or with a label of an
 * international domain, has no one place in it: sources spell it in two ways, and lower its letters
 * by different rules. Those are few, and are to be held.
 *
 * <p>Belongs to one thread.
 */
public final class SortedEmails {
  private static final String INTERNATIONAL_LABEL = "xn--";
  private static final int ASCII = 128;

  /** Before any address. */
  private String last = "";

  /** Returns whether an address has one place in the order. */
  public static boolean hasPlace(String email) {
    for (int i = 0; i < email.length(); i++) {
      if (email.charAt(i) >= ASCII) {
        return false;
      }
    }
    return !email.contains(INTERNATIONAL_LABEL);
  }

  /** Returns whether none has been taken. */
  public boolean isEmpty() {
    return last.isEmpty();
  }

  /**
   * Returns where an address stands that has a place: positive behind the last one that was taken,
   * 0 if it is that one, negative before it.
   */
  public int compareToLast(String email) {
    return email.compareTo(last);
  }

  /** Takes an address that stands behind the last one. */
  public void take(String email) {
    last = email;
  }
}
