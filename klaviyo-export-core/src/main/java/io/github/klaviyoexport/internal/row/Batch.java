package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.klaviyo.ListId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The profiles of one request, as the bytes that are sent.
 *
 * <p>Rows are written once. Whatever part of the batch is sent, whole, halved or without the rows
 * that Klaviyo refused, its body is made of views of these bytes.
 *
 * <p>Filled by one thread; unchanged from then on.
 */
public final class Batch {
  /** The most profiles that one import job takes. */
  public static final int MAX_PROFILES = 10_000;

  /**
   * The most bytes of one request, envelope included. Klaviyo's limit is 5 MB; the rest is left for
   * either reading of MB.
   */
  public static final int MAX_BYTES = 4_500_000;

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final byte[] HEAD =
      ascii(
          "{\"data\":{\"type\":\"profile-bulk-import-job\",\"attributes\":{\"profiles\":{\"data\":[");
  private static final byte[] COMMA = ascii(",");

  private final byte[] tail;
  private final int maxRows;
  private final List<byte[]> chunks = new ArrayList<>();
  private int[] starts = new int[1024];
  private int rows;
  private int bytes;

  /**
   * Creates an empty batch for a list.
   *
   * @param maxRows the most rows it may hold, at most {@link #MAX_PROFILES}
   */
  public Batch(ListId list, int maxRows) {
    this.maxRows = maxRows;
    tail =
        ascii(
            "]}},\"relationships\":{\"lists\":{\"data\":[{\"type\":\"list\",\"id\":\""
                + list.value()
                + "\"}]}}}}");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Adds a row, if there is room for it.
   *
   * @return whether there was
   */
  public boolean add(byte[] row, int length) {
    int more = rows == 0 ? length : length + 1;
    if (rows == maxRows || HEAD.length + bytes + more + tail.length > MAX_BYTES) {
      return false;
    }
    if (rows > 0) {
      append(COMMA, 1);
    }
    if (rows + 1 == starts.length) {
      starts = Arrays.copyOf(starts, Math.min(MAX_PROFILES + 1, starts.length * 2));
    }
    starts[rows++] = bytes;
    append(row, length);
    return true;
  }

  private void append(byte[] from, int length) {
    for (int done = 0; done < length; ) {
      int inChunk = bytes % CHUNK_BYTES;
      if (inChunk == 0) {
        chunks.add(new byte[CHUNK_BYTES]);
      }
      int part = Math.min(length - done, CHUNK_BYTES - inChunk);
      System.arraycopy(from, done, chunks.get(chunks.size() - 1), inChunk, part);
      bytes += part;
      done += part;
    }
  }

  /** Returns whether rows of so many bytes together can be added, as far as bytes matter. */
  public boolean hasRoomFor(int more) {
    return bodyBytes() + more <= MAX_BYTES;
  }

  /** Returns whether no further row can be added, however small. */
  public boolean isFull() {
    return rows == maxRows;
  }

  /** Returns how many rows there are. */
  public int rows() {
    return rows;
  }

  /** Returns how many bytes the whole batch takes as a request's body. */
  public int bodyBytes() {
    return HEAD.length + bytes + tail.length;
  }

  /** Returns a copy of one row's JSON. */
  public byte[] row(int index) {
    byte[] copy = new byte[end(index) - starts[index]];
    ByteBuffer target = ByteBuffer.wrap(copy);
    List<ByteBuffer> views = new ArrayList<>();
    addViews(starts[index], end(index), views);
    views.forEach(target::put);
    return copy;
  }

  /**
   * Returns the body of a request for some of the rows.
   *
   * @param included the rows' numbers, ascending
   * @param replaced for each of them the bytes to send instead, or {@code null} to send it as it is
   */
  public List<ByteBuffer> body(
      int[] included, byte[] @org.jspecify.annotations.Nullable [] replaced) {
    List<ByteBuffer> body = new ArrayList<>();
    body.add(ByteBuffer.wrap(HEAD));
    for (int i = 0; i < included.length; ) {
      if (i > 0) {
        body.add(ByteBuffer.wrap(COMMA));
      }
      byte[] instead = replaced[included[i]];
      if (instead != null) {
        body.add(ByteBuffer.wrap(instead));
        i++;
        continue;
      }
      int last = lastOfSequence(included, replaced, i);
      addViews(starts[included[i]], end(included[last]), body);
      i = last + 1;
    }
    body.add(ByteBuffer.wrap(tail));
    return body;
  }

  /**
   * Returns the index of the last row of a sequence: of rows that follow one another in the batch
   * and are sent as they are.
   */
  private static int lastOfSequence(
      int[] included, byte[] @org.jspecify.annotations.Nullable [] replaced, int first) {
    int last = first;
    while (last + 1 < included.length
        && included[last + 1] == included[last] + 1
        && replaced[included[last + 1]] == null) {
      last++;
    }
    return last;
  }

  private int end(int row) {
    return row + 1 < rows ? starts[row + 1] - 1 : bytes;
  }

  private void addViews(int from, int to, List<ByteBuffer> views) {
    for (int at = from; at < to; ) {
      int inChunk = at % CHUNK_BYTES;
      int length = Math.min(to - at, CHUNK_BYTES - inChunk);
      views.add(ByteBuffer.wrap(chunks.get(at / CHUNK_BYTES), inChunk, length));
      at += length;
    }
  }
}
