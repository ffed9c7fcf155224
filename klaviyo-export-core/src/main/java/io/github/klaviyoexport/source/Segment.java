package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.text.UnicodeText;

/**
 * The name of a group of customers in your system, {@code vip-eu} for example.
 *
 * <p>What the name means is the {@link ProfileSource}'s to say. It appears in reports, messages and
 * logs, so it must say nothing about a person.
 *
 * @param name the name, neither blank nor longer than 200 characters, without control characters
 *     and halves of surrogate pairs
 */
public record Segment(String name) {
  private static final int MAX_LENGTH = 200;

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if the name is blank, too long, holds control characters or is
   *     no Unicode text
   */
  public Segment {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("A segment needs a name: pass the one your source knows.");
    }
    if (name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "The segment name has " + name.length() + " characters; at most 200 are taken.");
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw new IllegalArgumentException(
            "The segment name holds a control character: pass it without line breaks and tabs.");
      }
    }
    if (!UnicodeText.fits(name)) {
      throw new IllegalArgumentException(
          "The segment name holds half a surrogate pair, which no store keeps: pass the one your"
              + " source knows.");
    }
  }

  /** Returns the segment of that name. */
  public static Segment named(String name) {
    return new Segment(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
