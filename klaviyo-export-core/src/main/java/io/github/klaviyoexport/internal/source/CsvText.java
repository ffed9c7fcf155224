package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * The characters of a CSV file, without a byte order mark.
 *
 * <p>It differs from an {@code InputStreamReader} in two ways that make errors exact. Everything
 * before bytes that are not text is handed out before the exception is thrown, so that the reader
 * stands at the right record when it is. And it refuses to read on within one record for ever,
 * which is what a quote that is never closed amounts to.
 */
final class CsvText extends Reader {
  static final int MAX_RECORD_CHARS = 4_000_000;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).flip();
  private int recordChars;
  private boolean begun;
  private boolean ended;

  /** Creates the text of {@code in}, which it takes over to close. */
  CsvText(InputStream in, Charset charset) {
    this.in = in;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** The failure of a record that has more characters than are read of one. */
  static final class RecordTooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Notes that another record begins. */
  void recordBegins() {
    recordChars = 0;
  }

  /** Returns whether all text has been read. */
  boolean ended() {
    return ended && !bytes.hasRemaining();
  }

  /**
   * Reads as {@link Reader} says.
   *
   * @throws CharacterCodingException if the bytes after all those characters are not text
   * @throws RecordTooLong if the record has gone on for {@value #MAX_RECORD_CHARS} characters
   */
  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (recordChars >= MAX_RECORD_CHARS) {
      throw new RecordTooLong();
    }
    int count = decode(buffer, offset, length);
    if (!begun && count > 0) {
      begun = true;
      if (buffer[offset] == BYTE_ORDER_MARK) {
        System.arraycopy(buffer, offset + 1, buffer, offset, --count);
        return count > 0 ? count : read(buffer, offset, length);
      }
    }
    recordChars += count;
    return count;
  }

  private int decode(char[] buffer, int offset, int length) throws IOException {
    CharBuffer chars = CharBuffer.wrap(buffer, offset, length);
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, ended);
      int count = chars.position() - offset;
      if (count > 0 || result.isOverflow()) {
        return count;
      }
      if (result.isError()) {
        result.throwException();
      }
      if (ended) {
        return -1;
      }
      fill();
    }
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (count < 0) {
      ended = true;
    } else {
      bytes.position(bytes.position() + count);
    }
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
