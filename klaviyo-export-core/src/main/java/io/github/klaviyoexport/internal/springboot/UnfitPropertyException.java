package io.github.klaviyoexport.internal.springboot;

import org.jspecify.annotations.Nullable;

/** A property with which the application cannot start: which it is, what is wrong, what to do. */
final class UnfitPropertyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String advice;

  /**
   * Creates the exception.
   *
   * @param property its name after {@code klaviyo.export.}
   * @param wrong what is wrong with it, in a clause that follows its name
   * @param advice what to do now, in a sentence
   */
  UnfitPropertyException(String property, String wrong, String advice) {
    this(property, wrong, advice, null);
  }

  UnfitPropertyException(String property, String wrong, String advice, @Nullable Throwable cause) {
    super(ExportProperties.PREFIX + "." + property + " " + wrong, cause);
    this.advice = advice;
  }

  /** Returns what to do now. */
  String advice() {
    return advice;
  }
}
