package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.row.Identifier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A profile that a job could not import.
 *
 * @param code Klaviyo's error code
 * @param attribute the attribute at fault, if the error points at one
 * @param identifiers what Klaviyo repeats of the profile's identifiers, the strongest first: it
 *     gives no row number
 */
public record ImportError(
    @Nullable String code, @Nullable String attribute, List<Identifier> identifiers) {
  /** Returns the code only: identifiers are personal data. */
  @Override
  public String toString() {
    return "ImportError[" + code + "]";
  }
}
