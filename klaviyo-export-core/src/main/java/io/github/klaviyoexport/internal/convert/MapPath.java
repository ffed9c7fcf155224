package io.github.klaviyoexport.internal.convert;

import io.github.klaviyoexport.profile.Unreadable;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a value is that a name with dots may stand for: in a field, or in maps within it.
 *
 * <p>A field of the very name goes first. Else the longest beginning before a dot that is a field's
 * name is the field, and in its map the rest is looked up by the same rule.
 *
 * @param field the field's name
 * @param rest the name in its map; empty if the field is the value
 */
public record MapPath(String field, String rest) {
  /** Returns where a name leads; {@code null} if nowhere. */
  public static @Nullable MapPath of(String name, Predicate<String> isField) {
    if (isField.test(name)) {
      return new MapPath(name, "");
    }
    for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      String field = name.substring(0, dot);
      if (dot + 1 < name.length() && isField.test(field)) {
        return new MapPath(field, name.substring(dot + 1));
      }
    }
    return null;
  }

  /** Returns the value that the field's leads to; {@code null} if there is none. */
  public @Nullable Object valueIn(@Nullable Object ofField) {
    return rest.isEmpty() ? ofField : valueIn(ofField, rest);
  }

  private static @Nullable Object valueIn(@Nullable Object within, String name) {
    if (within == null || within instanceof Unreadable) {
      return within;
    }
    if (!(within instanceof Map<?, ?> map)) {
      return Unreadable.because("of the type " + within.getClass().getTypeName() + ", and no map");
    }
    if (map.containsKey(name)) {
      return map.get(name);
    }
    for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      String key = name.substring(0, dot);
      if (map.containsKey(key)) {
        return valueIn(map.get(key), name.substring(dot + 1));
      }
    }
    return null;
  }
}
