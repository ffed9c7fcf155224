package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.convert.MapPath;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Unreadable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A field of a row: its name as JSON, and where its value comes from. */
final class Column {
  private static final byte[] NO_NAME = {};

  final String source;
  final ProfileField target;
  final byte[] name;
  final boolean clears;
  final FieldUse.Tracker use = new FieldUse.Tracker();
  private final @Nullable MappedField made;
  private final @Nullable Conversion conversion;
  private final boolean isMapped;
  private @Nullable MapPath path;
  private int position = -1;

  private Column(String source, ProfileField target, @Nullable MappedField line, byte[] name) {
    this.source = source;
    this.target = target;
    this.name = name;
    this.isMapped = line != null;
    this.clears = line != null && line.isClearing();
    this.conversion = line == null ? null : line.conversion();
    this.made = line == null || line.isFromField() ? null : line;
    if (made != null) {
      use.present();
    }
  }

  /** Creates the column of a line. */
  static Column of(MappedField line) {
    return new Column(line.source(), line.target(), line, json(name(line)));
  }

  /** Creates the column of a field whose name can be no property's: its values are lost. */
  static Column unfit(String source) {
    return new Column(source, ProfileField.PROPERTY, null, NO_NAME);
  }

  /** Creates the column of a field that is read, and not written. */
  static Column reading(String source) {
    return new Column(source, ProfileField.PROPERTY, null, NO_NAME);
  }

  /**
   * Returns the column of a field that is mapped once at most; it has no values if it is not
   * mapped.
   */
  static Column of(FieldMapping mapping, ProfileField target) {
    for (MappedField field : mapping.fields()) {
      if (field.target() == target) {
        return of(field);
      }
    }
    return new Column("", target, null, json(target.path()));
  }

  /** Returns the columns of some of the mapped fields. */
  static Column[] all(FieldMapping mapping, Predicate<MappedField> which) {
    List<Column> columns = new ArrayList<>();
    for (MappedField field : mapping.fields()) {
      if (which.test(field)) {
        columns.add(of(field));
      }
    }
    return columns.toArray(new Column[0]);
  }

  private static String name(MappedField field) {
    String property = field.property();
    String path = field.path();
    return property != null ? property : path.substring(path.indexOf('.') + 1);
  }

  private static byte[] json(String name) {
    JsonBuffer json = new JsonBuffer();
    json.text(name);
    json.raw(':');
    return Arrays.copyOf(json.bytes(), json.length());
  }

  /** Returns whether there is a name under which values can be written. */
  boolean isWritable() {
    return name.length > 0;
  }

  /** Looks up where profiles with those fields have the value. */
  void locate(FieldNames names) {
    if (made != null) {
      return;
    }
    position = names.indexOf(source);
    if (position < 0 && isMapped && source.indexOf('.') > 0) {
      path = MapPath.of(source, field -> names.indexOf(field) >= 0);
      position = path == null ? -1 : names.indexOf(path.field());
    } else {
      path = null;
    }
    if (position >= 0) {
      use.present();
    }
  }

  /** Returns whether a profile has the field, with a value or without. */
  boolean isPresent() {
    return position >= 0 || made != null;
  }

  /**
   * Returns the value of a profile, text without invisible characters around it; {@code null} when
   * there is none, or text of nothing else. One that throws is {@link Unreadable}.
   */
  @Nullable Object valueIn(CustomerProfile profile) {
    Object read = null;
    try {
      read = position < 0 ? madeOf(profile) : given(profile);
      Object value = stripped(read);
      return conversion == null ? value : stripped(conversion.apply(value));
    } catch (Throwable thrown) {
      return PlainValue.unreadable(read, thrown);
    }
  }

  private @Nullable Object given(CustomerProfile profile) {
    Object value = profile.value(position);
    return path == null ? value : path.valueIn(PlainValue.of(value));
  }

  private @Nullable Object madeOf(CustomerProfile profile) {
    return made == null || profile.unreadable() != null ? null : made.valueIn(profile);
  }

  private static @Nullable Object stripped(@Nullable Object given) {
    Object value = given instanceof String ? given : PlainValue.of(given);
    if (value instanceof String text) {
      String stripped = InvisibleCharacters.strip(text);
      return stripped.isEmpty() ? null : stripped;
    }
    return value;
  }
}
