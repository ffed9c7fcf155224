package io.github.klaviyoexport.internal.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The characters of a file.
 *
 * <p>It differs from an {@code InputStreamReader} in what happens at bytes that are not text:
 * everything before them is handed out first, so that the reader stands at the right record. Then
 * it fails, or hands out one {@link #NOT_TEXT} for them and goes on.
 */
final class FileText implements Closeable {
  /**
   * What stands for bytes that are not text: half of a surrogate pair, which no decoder hands out
   * without its other half.
   */
  static final char NOT_TEXT = '\uDFFF';

  /** How many bytes the decoder of UTF-8 gets at a time; not less than a character has. */
  private static final int PIECE_BYTES = 32;

  private final InputStream in;
  private final Charset charset;
  private final boolean goesOn;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).flip();
  private final CharsetDecoder ascii = StandardCharsets.US_ASCII.newDecoder();
  private final boolean isUtf8;
  private boolean bytesEnded;
  private boolean gaps;

  /**
   * Creates the text of {@code in}, which it takes over to close.
   *
   * @param goesOn whether bytes that are not text become {@link #NOT_TEXT}
   */
  FileText(InputStream in, Charset charset, boolean goesOn) {
    this.in = in;
    this.charset = charset;
    this.goesOn = goesOn;
    this.isUtf8 = charset.equals(StandardCharsets.UTF_8);
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Returns the charset that the text is in. */
  Charset charset() {
    return charset;
  }

  /** Returns whether bytes that are not text have been met so far, and handed out as such. */
  boolean hasGaps() {
    return gaps;
  }

  /** Returns whether some characters stand for bytes that are not text. */
  static boolean hasGap(char[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (text[i] == NOT_TEXT && (i == offset || !Character.isHighSurrogate(text[i - 1]))) {
        return true;
      }
    }
    return false;
  }

  /** Returns a clause that says that something holds such bytes, and what to do. */
  static String notText(Charset charset) {
    return "holds bytes that are not "
        + charset
        + " text: save the file in that charset, or name the right one to the source"
        + (charset.equals(StandardCharsets.UTF_8)
            ? ", for Western Europe most likely charset(Charset.forName(\"windows-1252\"))"
            : "");
  }

  /**
   * Reads characters as a {@code Reader} does, at least one.
   *
   * @throws CharacterCodingException if the bytes after all those characters are not text
   */
  int read(char[] buffer, int offset, int length) throws IOException {
    CharBuffer chars = CharBuffer.wrap(buffer, offset, length);
    while (true) {
      CoderResult result = isUtf8 ? decodeUtf8(chars) : decoder.decode(bytes, chars, bytesEnded);
      if (goesOn && result.isError() && chars.hasRemaining()) {
        bytes.position(bytes.position() + result.length());
        chars.put(NOT_TEXT);
        gaps = true;
        continue;
      }
      int count = chars.position() - offset;
      if (count > 0 || result.isOverflow()) {
        return count;
      }
      if (result.isError()) {
        result.throwException();
      }
      if (bytesEnded) {
        return -1;
      }
      fill();
    }
  }

  /**
   * Reads characters as the decoder of UTF-8 does. That is quick up to the first one that is not
   * ASCII, and takes up to four times as long from there to the end of the bytes that it is given:
   * so it gets short pieces, and the decoder of ASCII goes as far as it can in between.
   */
  private CoderResult decodeUtf8(CharBuffer chars) {
    int limit = bytes.limit();
    while (true) {
      ascii.decode(bytes, chars, false);
      int piece = Math.min(limit, bytes.position() + PIECE_BYTES);
      bytes.limit(piece);
      CoderResult result = decoder.decode(bytes, chars, bytesEnded && piece == limit);
      bytes.limit(limit);
      if (piece == limit || !result.isUnderflow()) {
        return result;
      }
    }
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (count < 0) {
      bytesEnded = true;
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
