package io.github.klaviyoexport.internal.page;

/** The look of a figure; each has a pattern as well as a colour, as not everybody sees colours. */
public enum Tone {
  /** All is well. */
  GOOD,
  /** Nothing was done, and nothing need be. */
  CALM,
  /** Left out, and that is all right. */
  QUIET,
  /** Lost. */
  BAD,
  /** Not known. */
  OPEN;

  /** Returns the name of its class in the page's style. */
  String css() {
    return switch (this) {
      case GOOD -> "good";
      case CALM -> "calm";
      case QUIET -> "quiet";
      case BAD -> "bad";
      case OPEN -> "open";
    };
  }
}
