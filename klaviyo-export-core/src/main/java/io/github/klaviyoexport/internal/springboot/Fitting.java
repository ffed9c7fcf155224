package io.github.klaviyoexport.internal.springboot;

import java.util.function.Supplier;

/** The use of a property's value where it may turn out not to fit. */
final class Fitting {
  private Fitting() {}

  /**
   * Makes something of a property.
   *
   * @param property its name after {@code klaviyo.export.}
   * @throws UnfitPropertyException if its value does not fit; what is wrong with it says whatever
   *     refuses it, which shows no secret
   */
  static <T> T to(String property, Supplier<T> making) {
    try {
      return making.get();
    } catch (IllegalArgumentException unfit) {
      throw new UnfitPropertyException(
          property,
          "cannot be used. " + unfit.getMessage(),
          "Correct klaviyo.export." + property + ", or remove it.",
          unfit);
    }
  }
}
