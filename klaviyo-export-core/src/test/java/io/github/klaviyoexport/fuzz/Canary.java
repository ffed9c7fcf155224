package io.github.klaviyoexport.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Personal data put into what is read, to be looked for in what is said about it. */
public final class Canary {
  /** With an at sign, so that it can be no name of a field. */
  private static final String TEXT = "canary$7@shop.example";

  /** What is looked for: no error code, and what a parser quotes when it quotes one word. */
  private static final String TRACE = "canary$7";

  private static final byte PLACE = '~';

  private Canary() {}

  /**
   * The bytes with a canary for each tilde: a fuzzer finds one character sooner than twenty-one. A
   * dollar becomes a dash, or the fuzzer writes part of the canary where it is no personal data.
   */
  public static byte[] in(byte[] bytes) {
    ByteArrayOutputStream planted = new ByteArrayOutputStream();
    for (byte one : bytes) {
      if (one == PLACE) {
        planted.writeBytes(TEXT.getBytes(StandardCharsets.US_ASCII));
      } else {
        planted.write(one == '$' ? '-' : one);
      }
    }
    return planted.toByteArray();
  }

  /** Fails if the text holds it. */
  public static void assertNotIn(String text) {
    if (text.contains(TRACE)) {
      throw new AssertionError("Personal data in: " + text);
    }
  }

  /** Fails if the failure, its causes or what it suppressed hold it. */
  public static void assertNotIn(Throwable failure) {
    assertNotIn(failure.toString());
    if (failure.getCause() != null) {
      assertNotIn(failure.getCause());
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      assertNotIn(suppressed);
    }
  }
}
