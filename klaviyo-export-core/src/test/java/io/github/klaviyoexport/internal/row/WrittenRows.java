package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that a test has written, and what was left out of them. */
abstract class WrittenRows {
  static final FieldMapping MAPPING =
      FieldMapping.email("Email")
          .phone("Phone")
          .externalId("Id")
          .firstName("First")
          .zip("Zip")
          .map(ProfileField.LATITUDE, "Lat")
          .property("P", "Value")
          .zone(ZoneId.of("Europe/Helsinki"));

  final List<Rejection> rejections = new ArrayList<>();

  String property(Object value) {
    String row = row("Email", "a@b.co", "Value", value);
    assertThat(row)
        .startsWith(
            "{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.co\",\"properties\":{\"P\":")
        .endsWith("}}}");
    return row.substring(row.indexOf("\"P\":") + 4, row.length() - 3);
  }

  int length(Object... namesAndValues) {
    return row(namesAndValues).getBytes(StandardCharsets.UTF_8).length;
  }

  String row(@Nullable Object... namesAndValues) {
    return row(MAPPING, namesAndValues);
  }

  String row(FieldMapping mapping, @Nullable Object... namesAndValues) {
    RowWriter writer = new RowWriter(mapping);
    return writer.write(profile(namesAndValues), rejections::add) ? text(writer) : null;
  }

  static String text(RowWriter writer) {
    return new String(writer.bytes(), 0, writer.length(), StandardCharsets.UTF_8);
  }

  static CustomerProfile profile(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return CustomerProfile.of("c-1", values);
  }

  static List<?> nested(int depth) {
    List<?> list = List.of();
    for (int i = 1; i < depth; i++) {
      list = List.of(list);
    }
    return list;
  }
}
