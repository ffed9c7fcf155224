package io.github.klaviyoexport.memory;

import java.time.Instant;

/**
 * A log that a memory keeps.
 *
 * @param key what it is opened by
 * @param written when it was last written to
 * @param bytes how much its blocks take
 */
public record KeptMemory(String key, Instant written, long bytes) {
  private static final String ERASURES = "erased-customers";

  /**
   * Returns whether it keeps in mind, for all exports, who was erased: if it is deleted, the next
   * run brings them back.
   */
  public boolean holdsErasures() {
    return key.equals(ERASURES);
  }
}
