package io.github.klaviyoexport.internal.keys;

/**
 * The identifiers of one kind, as long as they come in ascending order: then none can come again
 * but the last, and nothing is held of the others.
 *
 * <p>So it is with the keys of a database that is read in the order of its keys, and with nearly
 * every id that a system has numbered. Two orders are watched: that of {@link String#compareTo},
 * and the one in which the shorter come first, which numbers have. Any order would do in which each
 * identifier has one place.
 *
 * <p>Belongs to one thread.
 */
final class AscendingIdentifiers {
  private boolean inTextOrder = true;
  private boolean inLengthOrder = true;

  /** The one that came last; at first the empty text, which stands before any. */
  private String last = "";

  /** Where the last one is that was added: the lanes of its fingerprint, its block and its row. */
  private long lane1 = RowKeys.NONE;

  private short prefix;
  private int block;
  private int row;

  /** What an identifier is to those that came before. */
  enum Place {
    /** It is behind all of them, and so it is none of them. */
    BEHIND,
    /** It is the last of them once more. */
    AGAIN,
    /** It may be any of them: the order has ended. */
    OUT_OF_ORDER
  }

  /** Returns whether all have come in ascending order so far. */
  boolean isGoingOn() {
    return inTextOrder || inLengthOrder;
  }

  /** Takes in that they come in no order that is known. */
  void end() {
    inTextOrder = false;
    inLengthOrder = false;
    last = "";
  }

  /** Takes the next one, while the order goes on; this may end it. */
  Place take(String identifier) {
    int byText = identifier.compareTo(last);
    if (byText == 0) {
      return Place.AGAIN;
    }
    int longer = identifier.length() - last.length();
    inTextOrder &= byText > 0;
    inLengthOrder &= longer > 0 || longer == 0 && byText > 0;
    last = identifier;
    return isGoingOn() ? Place.BEHIND : Place.OUT_OF_ORDER;
  }

  /** Notes where the last one was added. */
  void added(long lane1, short prefix, int block, int row) {
    this.lane1 = lane1;
    this.prefix = prefix;
    this.block = block;
    this.row = row;
  }

  /** Returns whether the last one that was added has that lane. */
  boolean isLast(long lane1) {
    return lane1 != RowKeys.NONE && this.lane1 == lane1;
  }

  /** Returns whether the last one that was added has that fingerprint. */
  boolean isLast(Fingerprint fingerprint) {
    return isLast(fingerprint.lane1()) && prefix == RowKeys.prefix(fingerprint.lane0());
  }

  /** Returns the number of the block that the last one was added to. */
  int block() {
    return block;
  }

  /** Returns its row there. */
  int row() {
    return row;
  }
}
