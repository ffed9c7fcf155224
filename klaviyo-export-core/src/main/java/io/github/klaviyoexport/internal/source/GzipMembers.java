package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a file in gzip holds in its members (RFC 1952), of which it has one or several.
 *
 * <p>It differs from {@link java.util.zip.GZIPInputStream} in what may stand behind a member:
 * another one, or nothing but zeros to the end. That class takes whatever it cannot read there for
 * the end, and asks how much is left of the file, which a pipe cannot say.
 */
final class GzipMembers extends InputStream {
  private static final int FIRST_BYTE = 0x1f;
  private static final int SECOND_BYTE = 0x8b;
  private static final int DEFLATED = 8;

  // Flags of a header.
  private static final int WITH_SUM = 2;
  private static final int WITH_EXTRA = 4;
  private static final int WITH_NAME = 8;
  private static final int WITH_COMMENT = 16;
  private static final int UNKNOWN = 0xe0;

  private final InputStream in;
  private final byte[] packed = new byte[64 * 1024];
  private int next;
  private int end;

  private final Inflater inflater = new Inflater(true);

  /** The sum of the header's bytes so far, then of what the member holds. */
  private final CRC32 sum = new CRC32();

  private boolean inMember;

  /** Creates the content of {@code in}, which it takes over to close; it must begin a member. */
  GzipMembers(InputStream in) {
    this.in = in;
  }

  /** The failure of a file that is not what its beginning says; the message is a clause. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1L;

    Damaged(String what) {
      super(what);
    }
  }

  private static Damaged damaged() {
    return new Damaged("cut off or damaged; get it again");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (length > 0 && (inMember || beginMember())) {
      int count = unpack(bytes, offset, length);
      if (count > 0) {
        sum.update(bytes, offset, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsInput() && fill()) {
        inflater.setInput(packed, 0, end);
      } else {
        throw damaged();
      }
    }
    return length > 0 ? -1 : 0;
  }

  private int unpack(byte[] bytes, int offset, int length) throws Damaged {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException notDeflated) {
      throw damaged();
    }
  }

  /** Reads the header of the next member; returns whether there is one. */
  private boolean beginMember() throws IOException {
    boolean padded = false;
    while ((next < end || fill()) && packed[next] == 0) {
      next++;
      padded = true;
    }
    if (next == end) {
      return false;
    }
    sum.reset();
    if (padded || number(1) != FIRST_BYTE || number(1) != SECOND_BYTE) {
      throw new Damaged("goes on behind its end with what is no gzip; pack all of it again");
    }
    long method = number(1);
    long flags = number(1);
    // The time, how hard it was packed, and the system.
    number(6);
    if (method != DEFLATED || (flags & UNKNOWN) != 0) {
      throw damaged();
    }
    if ((flags & WITH_EXTRA) != 0) {
      for (long left = number(2); left > 0; left--) {
        number(1);
      }
    }
    passOverText((flags & WITH_NAME) != 0);
    passOverText((flags & WITH_COMMENT) != 0);
    long headerSum = sum.getValue() & 0xffff;
    if ((flags & WITH_SUM) != 0 && number(2) != headerSum) {
      throw damaged();
    }
    sum.reset();
    inflater.reset();
    inflater.setInput(packed, next, end - next);
    inMember = true;
    return true;
  }

  private void passOverText(boolean isThere) throws IOException {
    boolean ended = !isThere;
    while (!ended) {
      ended = number(1) == 0;
    }
  }

  private void endMember() throws IOException {
    inMember = false;
    next = end - inflater.getRemaining();
    long unpacked = sum.getValue();
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (number(4) != unpacked || number(4) != length) {
      throw damaged();
    }
  }

  /** Returns the number that the next bytes are, the lowest first. */
  private long number(int bytes) throws IOException {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      if (next == end && !fill()) {
        throw damaged();
      }
      sum.update(packed[next]);
      number |= Byte.toUnsignedLong(packed[next]) << i * Byte.SIZE;
      next++;
    }
    return number;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(packed));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
