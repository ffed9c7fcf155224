package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A field of a row: its name as JSON, and where the source has its value. */
final class Column {
  final String source;
  final ProfileField target;
  final byte[] name;
  final FieldUse.Tracker use = new FieldUse.Tracker();
  private int position = -1;

  private Column(String source, ProfileField target, String name) {
    this.source = source;
    this.target = target;
    JsonBuffer json = new JsonBuffer();
    json.text(name);
    json.raw(':');
    this.name = Arrays.copyOf(json.bytes(), json.length());
  }

  /**
   * Returns the column of a field that is mapped once at most; it has no values if it is not
   * mapped.
   */
  static Column of(FieldMapping mapping, ProfileField target) {
    Column[] found = all(mapping, field -> field.target() == target);
    return found.length > 0 ? found[0] : new Column("", target, target.path());
  }

  /** Returns the columns of some of the mapped fields. */
  static Column[] all(FieldMapping mapping, Predicate<MappedField> which) {
    return mapping.fields().stream()
        .filter(which)
        .map(field -> new Column(field.source(), field.target(), name(field)))
        .toArray(Column[]::new);
  }

  private static String name(MappedField field) {
    String property = field.property();
    String path = field.path();
    return property != null ? property : path.substring(path.indexOf('.') + 1);
  }

  /** Looks up where profiles with those fields have the value. */
  void locate(FieldNames names) {
    position = names.indexOf(source);
    if (position >= 0) {
      use.present();
    }
  }

  /**
   * Returns the value of a profile, text without invisible characters around it; {@code null} when
   * there is none, or text of nothing else.
   */
  @Nullable Object valueIn(CustomerProfile profile) {
    Object given = position < 0 ? null : profile.value(position);
    Object value = given instanceof String ? given : PlainValue.of(given);
    if (value instanceof String text) {
      String stripped = InvisibleCharacters.strip(text);
      return stripped.isEmpty() ? null : stripped;
    }
    return value;
  }
}
