package io.github.klaviyoexport.testkit.assertj;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Whether two values are the same in JSON, whatever their Java types. */
final class Values {
  private Values() {}

  /** Returns a value as it is, and an array as a list. */
  static @Nullable Object listed(@Nullable Object value) {
    if (value == null || !value.getClass().isArray()) {
      return value;
    }
    return IntStream.range(0, Array.getLength(value))
        .mapToObj(i -> Array.get(value, i))
        .collect(Collectors.toList());
  }

  /** Returns whether what is found is what is expected. */
  static boolean equal(@Nullable Object found, @Nullable Object expected) {
    Object one = found;
    Object other = listed(expected);
    if (one == null || other == null) {
      return one == null && other == null;
    }
    if (isJson(one) && isJson(other)) {
      return new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0;
    }
    if (one instanceof Collection<?> these && other instanceof Set<?> those) {
      return these.size() == those.size()
          && those.stream().allMatch(it -> these.stream().anyMatch(that -> equal(that, it)))
          && these.stream().allMatch(that -> those.stream().anyMatch(it -> equal(that, it)));
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
