package io.github.klaviyoexport.internal.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.MappedField.Change;
import io.github.klaviyoexport.profile.OtherFields;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a mapping makes of some customers, value by value. */
public final class SampleData {
  private static final String CLEARED = "cleared";

  private static final Set<String> IDENTIFIERS =
      Set.of(
          ProfileField.EMAIL.path(),
          ProfileField.PHONE_NUMBER.path(),
          ProfileField.EXTERNAL_ID.path());

  private final FieldMapping mapping;
  private final List<Customer> customers = new ArrayList<>();

  /** Creates a sample without customers. */
  public SampleData(FieldMapping mapping) {
    this.mapping = mapping;
  }

  /**
   * A value that would be sent.
   *
   * @param path where it goes, {@code properties.LTV} for example
   * @param field what rejections call where it comes from
   * @param source what people call that
   * @param change what it does there: {@code set}, {@code added}, {@code taken out} or {@code
   *     cleared}
   */
  record Value(String path, String field, String source, String change, JsonNode value) {
    boolean isAt(Value other) {
      return path.equals(other.path) && change.equals(other.change);
    }
  }

  /**
   * One customer.
   *
   * @param values what would be sent; {@code null} if the customer is set aside
   */
  record Customer(String id, @Nullable List<Value> values, List<Rejection> rejections) {
    /**
     * Returns whether a value was set aside: what it comes from was rejected, and it is not sent.
     * Another line may send what comes from the same field; and it is for an identifier that a
     * customer is set aside.
     */
    boolean hasLost(Value value) {
      boolean sent =
          values == null
              ? !IDENTIFIERS.contains(value.path())
              : values.stream().anyMatch(value::isAt) || value.change().equals(CLEARED);
      return !sent
          && rejections.stream().anyMatch(rejection -> value.field().equals(rejection.field()));
    }
  }

  /** Adds a customer with the row that would be sent, or {@code null}. */
  public void add(String id, byte @Nullable [] row, List<Rejection> rejections) {
    customers.add(new Customer(id, row == null ? null : values(row), rejections));
  }

  List<Customer> customers() {
    return customers;
  }

  FieldMapping mapping() {
    return mapping;
  }

  /** Returns how many customers there are. */
  public int read() {
    return customers.size();
  }

  /** Returns how many of them are set aside. */
  public int setAside() {
    return (int) customers.stream().filter(customer -> customer.values() == null).count();
  }

  /** Returns what was set aside, customers and fields, in the order of the segment. */
  public List<Rejection> rejections() {
    return customers.stream().flatMap(customer -> customer.rejections().stream()).toList();
  }

  private List<Value> values(byte[] row) {
    JsonNode profile = RowRepair.read(row);
    List<Value> values = new ArrayList<>();
    for (Map.Entry<String, JsonNode> attribute : profile.path("attributes").properties()) {
      if (attribute.getValue().isObject()) {
        addAll(values, attribute.getKey(), attribute.getValue(), "set", Change.SET);
      } else {
        add(values, attribute.getKey(), attribute.getValue(), "set", Change.SET);
      }
    }
    JsonNode patches = profile.path("meta").path("patch_properties");
    String properties = ProfileField.PROPERTY.path();
    addAll(values, properties, patches.path("append"), "added", Change.APPEND);
    addAll(values, properties, patches.path("unappend"), "taken out", Change.REMOVE);
    for (JsonNode name : patches.path("unset")) {
      add(values, properties + "." + name.asText(), NullNode.instance, CLEARED, Change.SET);
    }
    return values;
  }

  private void addAll(List<Value> values, String path, JsonNode parts, String word, Change change) {
    parts
        .properties()
        .forEach(part -> add(values, path + "." + part.getKey(), part.getValue(), word, change));
  }

  private void add(List<Value> values, String path, JsonNode value, String word, Change change) {
    for (MappedField line : mapping.fields()) {
      if (line.path().equals(path) && line.change() == change) {
        values.add(new Value(path, line.source(), source(line), word, value));
        return;
      }
    }
    OtherFields others = mapping.others();
    int before = ProfileField.PROPERTY.path().length() + 1;
    String field = path.substring(before + (others == null ? 0 : others.prefix().length()));
    values.add(new Value(path, field, field, word, value));
  }

  private static String source(MappedField line) {
    return line.isFromField() ? line.source() : line.isComputed() ? "(computed)" : "(fixed)";
  }

  /** Returns the values that the mapping names, none of them there yet. */
  List<Value> mapped() {
    List<Value> mapped = new ArrayList<>();
    for (MappedField line : mapping.fields()) {
      String word =
          switch (line.change()) {
            case SET -> "set";
            case APPEND -> "added";
            case REMOVE -> "taken out";
          };
      mapped.add(new Value(line.path(), line.source(), source(line), word, NullNode.instance));
    }
    return mapped;
  }
}
