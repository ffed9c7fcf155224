package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileTextTest {
  /** Characters of one to four bytes, and bytes that are none, whole or cut short. */
  private static final byte[][] PIECES = {
    utf8("a"),
    utf8("The quick brown fox jumps over the lazy dog, and on it runs. "),
    utf8("\u007F"),
    utf8("\u0080"),
    utf8("é"),
    utf8("\u07FF"),
    utf8("\u0800"),
    utf8("€"),
    utf8("東京"),
    utf8("\uFFFF"),
    utf8("😀"),
    bytes(0x80),
    bytes(0xBF),
    bytes(0xC0, 0x80),
    bytes(0xC1, 0xBF),
    bytes(0xC2),
    bytes(0xC3, 0x41),
    bytes(0xC3, 0xC3, 0xA9),
    bytes(0xDF, 0xC0),
    bytes(0xE0, 0x80, 0x80),
    bytes(0xE2, 0x82),
    bytes(0xED, 0xA0, 0x80),
    bytes(0xF0, 0x9F, 0x98),
    bytes(0xF4, 0x90, 0x80, 0x80),
    bytes(0xFF)
  };

  @Test
  void utf8_is_read_as_the_jdk_reads_it_whatever_the_bytes_and_wherever_they_are_cut()
      throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = anyBytes(random);

      assertThat(read(bytes, true, random))
          .as("seed %d", seed)
          .isEqualTo(decodedByJdk(bytes, true));
      assertThat(read(bytes, false, random))
          .as("seed %d", seed)
          .isEqualTo(decodedByJdk(bytes, false));
    }
  }

  private static byte[] anyBytes(Random random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int count = random.nextInt(60);
    // Mostly text, or all of it would end at once where bad bytes are the end.
    int bound = random.nextBoolean() ? 11 : PIECES.length;
    for (int i = 0; i < count; i++) {
      bytes.writeBytes(PIECES[random.nextInt(bound)]);
    }
    return bytes.toByteArray();
  }

  /** The text, and {@code !} where it fails. */
  private static String read(byte[] bytes, boolean goesOn, Random random) throws IOException {
    StringBuilder read = new StringBuilder();
    char[] buffer = new char[100];
    try (FileText text = new FileText(inParts(bytes, random), StandardCharsets.UTF_8, goesOn)) {
      while (true) {
        int offset = random.nextInt(10);
        int count = text.read(buffer, offset, 2 + random.nextInt(buffer.length - 12));
        if (count < 0) {
          return read.toString();
        }
        read.append(buffer, offset, count);
      }
    } catch (CharacterCodingException bad) {
      return read.append('!').toString();
    }
  }

  private static InputStream inParts(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(length, 1 + random.nextInt(150)));
      }
    };
  }

  private static String decodedByJdk(byte[] bytes, boolean goesOn) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      if (!goesOn) {
        return out.put('!').flip().toString();
      }
      in.position(in.position() + result.length());
      out.put(FileText.NOT_TEXT);
      result = decoder.decode(in, out, true);
    }
    return out.flip().toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int... unsigned) {
    byte[] bytes = new byte[unsigned.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) unsigned[i];
    }
    return bytes;
  }
}
