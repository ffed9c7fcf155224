package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.MappedField;
import java.util.Collection;

/** Writes customers as the attributes that Klaviyo has of them after an export. */
public final class CustomerAttributes {
  private final FieldMapping mapping;

  /** Prepares for customers of one mapping. */
  public CustomerAttributes(FieldMapping mapping) {
    this.mapping = mapping;
  }

  /** Writes one customer; a malformed phone number is left out. */
  public ObjectNode of(CustomerProfile customer) {
    ObjectNode attributes = JsonValues.object();
    for (MappedField field : mapping.fields()) {
      Object value = customer.value(field.source());
      if (value != null) {
        put(attributes, field, value);
      }
    }
    String phone = attributes.path("phone_number").asText(null);
    if (phone != null && !FieldRules.isPhone(phone)) {
      attributes.remove("phone_number");
    }
    return attributes;
  }

  private static void put(ObjectNode attributes, MappedField field, Object value) {
    String path = field.target().path();
    String property = field.property();
    int dot = path.indexOf('.');
    if (property != null) {
      attributes.withObjectProperty(path).putPOJO(property, plain(value));
    } else if (dot > 0) {
      attributes
          .withObjectProperty(path.substring(0, dot))
          .putPOJO(path.substring(dot + 1), plain(value));
    } else {
      attributes.putPOJO(path, plain(value));
    }
  }

  /**
   * Returns numbers, booleans and lists as they are, and texts and dates as ISO 8601 writes them.
   */
  private static Object plain(Object value) {
    return value instanceof Number || value instanceof Boolean || value instanceof Collection
        ? value
        : value.toString();
  }
}
