package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.Unreadable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a value stands for when it is a holder of another, or text or a number by another type. */
public final class PlainValue {
  /** No wrapper goes deeper; a holder that holds itself would be unwrapped for ever. */
  private static final int MAX_DEPTH = 16;

  private PlainValue() {}

  /**
   * Returns the value that another one stands for, itself in most cases: text of any type as a
   * {@code String}, and what is in an {@code Optional} or a holder for threads. {@code null} if
   * that is nothing.
   */
  @SuppressWarnings("ReferenceEquality") // The same object comes back when nothing is left to do.
  public static @Nullable Object of(@Nullable Object value) {
    Object plain = value;
    for (int depth = 0; depth < MAX_DEPTH && plain != null && !isPlain(plain); depth++) {
      Object inner = unwrapped(plain);
      if (inner == plain) {
        return plain;
      }
      plain = inner;
    }
    return plain;
  }

  /** Returns what stands in place of a value that threw something when it was read. */
  static Unreadable unreadable(@Nullable Object value, Throwable thrown) {
    return Unreadable.because(
        (value == null ? "it" : value.getClass().getName())
            + " threw "
            + thrown.getClass().getName()
            + " when it was read");
  }

  /** Returns whether a value is of a usual type that holds no other: asking on takes longer. */
  private static boolean isPlain(Object value) {
    return value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Double
        || value instanceof BigDecimal
        || value instanceof LocalDate
        || value instanceof Instant
        || value instanceof LocalDateTime
        || value instanceof OffsetDateTime
        || value instanceof Date
        || value instanceof UUID
        || value instanceof Collection
        || value instanceof Map;
  }

  private static @Nullable Object unwrapped(Object value) {
    if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof char[] text) {
      return new String(text);
    }
    if (value instanceof Year year) {
      return year.getValue();
    }
    if (value instanceof Optional<?> optional) {
      return optional.orElse(null);
    }
    if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : null;
    }
    if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? optional.getAsLong() : null;
    }
    if (value instanceof OptionalDouble optional) {
      return optional.isPresent() ? optional.getAsDouble() : null;
    }
    return RuntimeModules.HAS_SQL ? SqlValue.plain(concurrent(value)) : concurrent(value);
  }

  private static Number number(Number number) {
    if (number instanceof LongAdder || number instanceof LongAccumulator) {
      return number.longValue();
    }
    if (number instanceof DoubleAdder || number instanceof DoubleAccumulator) {
      return number.doubleValue();
    }
    return number;
  }

  private static @Nullable Object concurrent(Object value) {
    if (value instanceof AtomicReference<?> reference) {
      return reference.get();
    }
    if (value instanceof AtomicBoolean flag) {
      return flag.get();
    }
    if (value instanceof AtomicIntegerArray array) {
      return IntStream.range(0, array.length()).map(array::get).toArray();
    }
    if (value instanceof AtomicLongArray array) {
      return IntStream.range(0, array.length()).mapToLong(array::get).toArray();
    }
    if (value instanceof AtomicReferenceArray<?> array) {
      return IntStream.range(0, array.length()).<@Nullable Object>mapToObj(array::get).toArray();
    }
    return value;
  }
}
