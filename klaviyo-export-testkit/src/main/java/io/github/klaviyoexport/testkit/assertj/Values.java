package io.github.klaviyoexport.testkit.assertj;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether two values are the same in JSON, whatever their Java types. */
final class Values {
  private Values() {}

  static boolean equal(@Nullable Object one, @Nullable Object other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    if (isJson(one) && isJson(other)) {
      return new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0;
    }
    if (one instanceof Collection<?> these && other instanceof Collection<?> those) {
      Iterator<?> rest = those.iterator();
      return these.size() == those.size() && these.stream().allMatch(it -> equal(it, rest.next()));
    }
    if (one instanceof Map<?, ?> these && other instanceof Map<?, ?> those) {
      return these.keySet().equals(those.keySet())
          && these.keySet().stream().allMatch(key -> equal(these.get(key), those.get(key)));
    }
    return one.equals(other);
  }

  /** Returns whether a value is a number that JSON has: NaN and the infinities are none. */
  private static boolean isJson(Object value) {
    return value instanceof Number number
        && (number instanceof BigDecimal
            || number instanceof BigInteger
            || Double.isFinite(number.doubleValue()));
  }
}
