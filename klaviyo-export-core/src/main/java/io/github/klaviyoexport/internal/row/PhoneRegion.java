package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.internal.convert.PhoneRegions;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Unreadable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where customers' phone numbers are dialled, as far as the mapping says it. */
final class PhoneRegion {
  private static final Unreadable NOT_GIVEN =
      Unreadable.because("it has no country code, and no region is given");
  private static final Unreadable UNKNOWN =
      Unreadable.because("it has no country code, and its region is no country code such as FI");

  private final @Nullable String usual;
  private final @Nullable Column column;

  private PhoneRegion(@Nullable String usual, @Nullable Column column) {
    this.usual = usual;
    this.column = column;
  }

  /** Returns the region that a mapping names; {@code null} if it names none. */
  static @Nullable PhoneRegion of(FieldMapping mapping) {
    for (MappedField line : mapping.fields()) {
      String field = line.phoneRegionField();
      if (line.target() == ProfileField.PHONE_NUMBER
          && (field != null || line.phoneRegion() != null)) {
        return new PhoneRegion(line.phoneRegion(), field == null ? null : Column.reading(field));
      }
    }
    return null;
  }

  void locate(FieldNames names) {
    if (column != null) {
      column.locate(names);
    }
  }

  @Nullable Column column() {
    return column;
  }

  /**
   * Returns the two letters of a customer's region; {@code null} if there is none, and an {@code
   * Unreadable} if it is not known.
   */
  @Nullable Object of(CustomerProfile customer) {
    Object value = column == null ? null : column.valueIn(customer);
    if (value == null) {
      return usual;
    }
    if (column != null) {
      column.use.valued();
    }
    String code =
        PhoneRegions.find(value instanceof Locale place ? place.getCountry() : value.toString());
    return code == null ? UNKNOWN : code;
  }

  /** Returns why a number without a country code cannot be read, if it is for the region. */
  static @Nullable Unreadable whyNone(@Nullable Object region) {
    return region == null ? NOT_GIVEN : region instanceof Unreadable why ? why : null;
  }
}
