package io.github.klaviyoexport.testkit.quickstart;

import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What becomes of a file's columns: those with a well-known name fill Klaviyo's own fields, the
 * others custom properties.
 */
final class CsvColumns {
  private static final Map<String, ProfileField> FIELDS = new LinkedHashMap<>();

  static {
    FIELDS.put("CustomerId", ProfileField.EXTERNAL_ID);
    FIELDS.put("FirstName", ProfileField.FIRST_NAME);
    FIELDS.put("LastName", ProfileField.LAST_NAME);
    FIELDS.put("Telephone1", ProfileField.PHONE_NUMBER);
    FIELDS.put("Company", ProfileField.ORGANIZATION);
    FIELDS.put("JobTitle", ProfileField.TITLE);
    FIELDS.put("Address1_Line1", ProfileField.ADDRESS1);
    FIELDS.put("Address1_City", ProfileField.CITY);
    FIELDS.put("Address1_StateOrProvince", ProfileField.REGION);
    FIELDS.put("Address1_PostalCode", ProfileField.ZIP);
    FIELDS.put("Address1_Country", ProfileField.COUNTRY);
  }

  /** The well-known names and what they fill, a line each. */
  static final String HELP =
      FIELDS.entrySet().stream()
          .map(entry -> String.format("  %-26s%s", entry.getKey(), entry.getValue().path()))
          .collect(Collectors.joining(System.lineSeparator()));

  private CsvColumns() {}

  /**
   * Maps all columns.
   *
   * @throws IllegalArgumentException if the file has no such email column, or a column with a name
   *     that Klaviyo reserves
   */
  static FieldMapping mapping(FieldNames columns, String emailField) {
    FieldMapping mapping = FieldMapping.email(emailField);
    mapping.checkAgainst(columns);
    Map<String, ProfileField> free = new LinkedHashMap<>();
    FIELDS.forEach((name, field) -> free.put(name.toLowerCase(Locale.ROOT), field));
    for (String column : columns.names()) {
      if (!column.equals(emailField)) {
        ProfileField field = free.remove(column.toLowerCase(Locale.ROOT));
        mapping = field == null ? mapping.property(column) : mapping.map(field, column);
      }
    }
    return mapping;
  }

  /** Returns the column with values that name customers in reports, if there is one. */
  static Optional<String> id(FieldNames columns) {
    return columns.names().stream().filter("CustomerId"::equalsIgnoreCase).findFirst();
  }
}
