package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.FieldNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a source are converted: all of them first, and then those of single fields.
 *
 * <p>Instances are immutable.
 */
public final class FieldConversions {
  /** No value is converted. */
  public static final FieldConversions NONE = new FieldConversions(null, Map.of());

  private final @Nullable Conversion every;
  private final Map<String, Conversion> single;

  private FieldConversions(@Nullable Conversion every, Map<String, Conversion> single) {
    this.every = every;
    this.single = single;
  }

  /** Returns these with one for all values, after one that is there already. */
  public FieldConversions withEvery(Conversion conversion) {
    Objects.requireNonNull(conversion, "conversion");
    return new FieldConversions(every == null ? conversion : every.then(conversion), single);
  }

  /** Returns these with one for a field, after one that is there already. */
  public FieldConversions with(String field, Conversion conversion) {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(conversion, "conversion");
    Map<String, Conversion> more = new LinkedHashMap<>(single);
    more.merge(field, conversion, Conversion::then);
    return new FieldConversions(every, more);
  }

  /** Returns the fields that are converted by themselves. */
  Set<String> fields() {
    return single.keySet();
  }

  /** Returns the conversion of each field; {@code null} if none has one. */
  @Nullable Conversion @Nullable [] of(FieldNames fields) {
    if (every == null && single.isEmpty()) {
      return null;
    }
    @Nullable Conversion[] conversions = new @Nullable Conversion[fields.size()];
    for (int i = 0; i < conversions.length; i++) {
      Conversion own = single.get(fields.names().get(i));
      conversions[i] = every == null || own == null ? (own == null ? every : own) : every.then(own);
    }
    return conversions;
  }

  /** Converts values in place. */
  static void apply(@Nullable Conversion[] conversions, @Nullable Object[] values) {
    for (int i = 0; i < conversions.length; i++) {
      Conversion conversion = conversions[i];
      if (conversion != null) {
        values[i] = conversion.apply(values[i]);
      }
    }
  }
}
