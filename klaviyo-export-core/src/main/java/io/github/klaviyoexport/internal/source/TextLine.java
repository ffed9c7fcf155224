package io.github.klaviyoexport.internal.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * One line of a file at a time, without CR and LF at its end. It moves from line to line, and takes
 * no more memory for a line that is too long than for the longest that is read.
 */
final class TextLine implements Closeable {
  /** How many characters are read of a line. */
  static final int MAX_CHARS = 4_000_000;

  private static final int CHUNK = 16 * 1024;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final FileText text;
  private final char[] chunk = new char[CHUNK];
  private int next;
  private int end;
  private char[] chars = chunk;
  private int start;
  private int length;
  private long number;
  private boolean isTooLong;
  private boolean isTerminated;

  /** Creates the lines of a file, which it takes over to close, before the first of them. */
  TextLine(FileText text) {
    this.text = text;
  }

  /**
   * Moves to the next line; returns whether there is one.
   *
   * @throws java.nio.charset.CharacterCodingException if bytes in the line are not text
   */
  boolean advance() throws IOException {
    number++;
    isTooLong = false;
    isTerminated = false;
    chars = chunk;
    start = next;
    length = 0;
    boolean isThere = next < end;
    while (!isTerminated && (next < end || fill())) {
      isThere = true;
      int to = next;
      while (to < end && chunk[to] != '\n') {
        to++;
      }
      take(to - next);
      isTerminated = to < end;
      next = isTerminated ? to + 1 : to;
    }
    // Files that were joined have one at their start each.
    if (length > 0 && chars[start] == BYTE_ORDER_MARK) {
      start++;
      length--;
    }
    if (isTerminated && length > 0 && chars[start + length - 1] == '\r') {
      length--;
    }
    return isThere;
  }

  /** Adds what is next in the chunk to the line, of which no more is kept than is read. */
  private void take(int count) {
    if (length == 0) {
      chars = chunk;
      start = next;
      length = count;
      return;
    }
    if (isTooLong || length + count > MAX_CHARS) {
      isTooLong = true;
      return;
    }
    if (length + count > chars.length) {
      chars = Arrays.copyOf(chars, Math.min(MAX_CHARS, Math.max(length + count, 2 * chars.length)));
    }
    System.arraycopy(chunk, next, chars, length, count);
    length += count;
  }

  @SuppressWarnings("ReferenceEquality") // The same array is meant.
  private boolean fill() throws IOException {
    if (chars == chunk && length > 0) {
      chars = Arrays.copyOfRange(chunk, start, start + Math.max(length, 2 * CHUNK));
      start = 0;
    }
    next = 0;
    end = 0;
    end = Math.max(0, text.read(chunk, 0, CHUNK));
    return end > 0;
  }

  /** Returns the array that holds the line, from {@link #start()} on. */
  char[] chars() {
    return chars;
  }

  /** Returns where the line begins in {@link #chars()}. */
  int start() {
    return start;
  }

  /** Returns how many characters the line has. */
  int length() {
    return length;
  }

  /** Returns the number of the line, counted from 1. */
  long number() {
    return number;
  }

  /** Returns the charset that the text is in. */
  Charset charset() {
    return text.charset();
  }

  /** Returns whether the line is longer than is read. */
  boolean isTooLong() {
    return isTooLong;
  }

  /** Returns whether the line ends with a line feed, and not with the file. */
  boolean isTerminated() {
    return isTerminated;
  }

  /** Returns whether a part of the line stands for bytes that are not text. */
  boolean hasGap() {
    return text.hasGaps() && FileText.hasGap(chars, start, length);
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
