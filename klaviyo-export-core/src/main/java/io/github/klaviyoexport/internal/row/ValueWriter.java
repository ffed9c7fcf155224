package io.github.klaviyoexport.internal.row;

import com.fasterxml.jackson.core.TreeNode;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writer of one value of a profile: it writes it as JSON, or says why it cannot.
 *
 * <p>Each method returns {@code null} when the value is written. Otherwise it returns the reason,
 * and what it wrote so far is the caller's to take back.
 */
final class ValueWriter {
  private static final int MAX_DEPTH = 16;

  private JsonBuffer json;
  private final ScalarText texts;
  private @Nullable Object unfit;

  ValueWriter(JsonBuffer json, ScalarText texts) {
    this.json = json;
    this.texts = texts;
  }

  /** Has what follows written there. */
  void into(JsonBuffer json) {
    this.json = json;
  }

  private Reason fault(Object value) {
    unfit = value;
    return ScalarText.fault(value);
  }

  /** Notes that a value threw something when it was to be written; returns the reason. */
  Reason threw(Object value, Throwable thrown) {
    unfit = PlainValue.unreadable(value, thrown);
    return Reason.UNREADABLE_IN_SOURCE;
  }

  /** Returns the value that was refused last for its type; it may stand within lists and maps. */
  @Nullable Object unfit() {
    return unfit;
  }

  /** Writes a single value as text, whatever its type. */
  @Nullable Reason text(Object value) {
    String text = value instanceof String string ? string : texts.of(value);
    return text == null ? fault(value) : string(text);
  }

  /** Writes a single value in its JSON type; lists and maps are refused. */
  @Nullable Reason scalar(Object value) {
    if (value instanceof String text) {
      return string(text);
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Boolean flag) {
      json.ascii(flag ? "true" : "false");
      return null;
    }
    if (value instanceof LocalDate date && json.date(date)) {
      return null;
    }
    return text(value);
  }

  /** Writes a value of any type in its JSON type. */
  @Nullable Reason any(Object value) {
    return any(value, 0);
  }

  private @Nullable Reason any(Object value, int depth) {
    if (json.length() >= JsonBuffer.MAX_ROW_BYTES) {
      return Reason.TOO_LARGE;
    }
    // Most values are one of these, and asking for an interface takes long when the answer is no.
    boolean isScalar =
        value instanceof String
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof LocalDate;
    return isScalar ? scalar(value) : rarer(value, depth);
  }

  private @Nullable Reason rarer(Object value, int depth) {
    if (value instanceof Map<?, ?> map) {
      return depth == MAX_DEPTH ? Reason.TOO_DEEP : object(map, depth + 1);
    }
    if (value instanceof Iterable<?> list && isList(list)) {
      return depth == MAX_DEPTH ? Reason.TOO_DEEP : array(list, depth + 1);
    }
    if (isList(value)) {
      return depth == MAX_DEPTH ? Reason.TOO_DEEP : array(value, depth + 1);
    }
    return scalar(value);
  }

  /**
   * Returns whether what can be iterated over is a list: a path iterates over itself for ever, and
   * a JSON tree of Jackson over less than it holds.
   */
  private static boolean isList(Iterable<?> value) {
    return value instanceof Collection || !(value instanceof Path || value instanceof TreeNode);
  }

  /** Returns whether a value is an array of anything but bytes, which have no one form in JSON. */
  private static boolean isList(Object value) {
    Class<?> component = value.getClass().getComponentType();
    return component != null && component != byte.class;
  }

  private @Nullable Reason object(Map<?, ?> map, int depth) {
    json.raw('{');
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object value = PlainValue.of(entry.getValue());
      if (value == null) {
        continue;
      }
      Object key = entry.getKey();
      String name = key instanceof String text ? text : nameOf(key);
      if (name == null) {
        unfit = key;
        return Reason.UNSUPPORTED_TYPE;
      }
      json.next();
      Reason reason = string(name);
      if (reason == null) {
        json.raw(':');
        reason = any(value, depth);
      }
      if (reason != null) {
        return reason;
      }
    }
    json.raw('}');
    return null;
  }

  private @Nullable String nameOf(@Nullable Object key) {
    Object plain = PlainValue.of(key);
    return plain == null ? null : texts.of(plain);
  }

  private @Nullable Reason array(Iterable<?> list, int depth) {
    json.raw('[');
    int elements = 0;
    for (Object element : list) {
      // What has no end need not be a list that grows: nulls are left out.
      if (++elements > JsonBuffer.MAX_ROW_BYTES && !(list instanceof Collection)) {
        return Reason.TOO_LARGE;
      }
      Reason reason = element(element, depth);
      if (reason != null) {
        return reason;
      }
    }
    json.raw(']');
    return null;
  }

  private @Nullable Reason array(Object list, int depth) {
    json.raw('[');
    int length = Array.getLength(list);
    for (int i = 0; i < length; i++) {
      Reason reason = element(Array.get(list, i), depth);
      if (reason != null) {
        return reason;
      }
    }
    json.raw(']');
    return null;
  }

  private @Nullable Reason element(@Nullable Object element, int depth) {
    Object value = PlainValue.of(element);
    if (value == null) {
      return null;
    }
    json.next();
    return any(value, depth);
  }

  private @Nullable Reason number(Number number) {
    if (number instanceof Integer || number instanceof Long || ScalarText.isIntegral(number)) {
      json.number(number.longValue());
      return null;
    }
    if (number instanceof Double value && json.decimal(value)) {
      return null;
    }
    if (!ScalarText.isReadable(number)) {
      unfit = number;
      return Reason.NOT_A_NUMBER;
    }
    String digits = ScalarText.digits(number);
    if (digits == null) {
      return fault(number);
    }
    json.ascii(digits);
    return null;
  }

  /** Writes text. */
  @Nullable Reason string(String text) {
    if (json.length() + text.length() >= JsonBuffer.MAX_ROW_BYTES) {
      return Reason.TOO_LARGE;
    }
    return json.text(text) ? null : Reason.BROKEN_TEXT;
  }
}
