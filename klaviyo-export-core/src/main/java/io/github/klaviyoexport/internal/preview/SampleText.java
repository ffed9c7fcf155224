package io.github.klaviyoexport.internal.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.internal.json.IndentedJson;
import io.github.klaviyoexport.internal.preview.SampleData.Customer;
import io.github.klaviyoexport.internal.preview.SampleData.Value;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The forms in which a sample is shown: line by line, as a table of its fields, as JSON. */
public final class SampleText {
  private static final int MAX_CELL = 36;
  private static final int EXAMPLES = 3;

  private SampleText() {}

  /** Returns a line with the figures. */
  private static String counts(SampleData sample) {
    return InWords.count(sample.read(), "customer")
        + ": "
        + (sample.read() - sample.setAside())
        + " would be sent, "
        + sample.setAside()
        + " set aside";
  }

  /** Returns a few lines for each customer. */
  public static String lines(SampleData sample, boolean shown) {
    StringBuilder text = new StringBuilder(counts(sample));
    for (Customer customer : sample.customers()) {
      text.append('\n').append(CustomerProfile.idAsText(customer.id()));
      text.append(customer.values() == null ? ": set aside" : "");
      for (Value value : customer.values() == null ? List.<Value>of() : customer.values()) {
        text.append("\n  ").append(title(value)).append(": ").append(cell(value.value(), shown));
      }
      for (Rejection rejection : customer.rejections()) {
        text.append("\n  ! ").append(rejection);
      }
    }
    return text.toString();
  }

  private static String title(Value value) {
    return value.change().equals("set") ? value.path() : value.path() + ", " + value.change();
  }

  private static String cell(JsonNode value, boolean shown) {
    if (value.isNull()) {
      return "";
    }
    JsonNode told = shown ? value : ValueMask.masked(value);
    // As JSON, what a terminal would act upon is escaped; what is masked needs no quotes.
    String text = !shown && told.isTextual() ? told.asText() : told.toString();
    return text.chars().allMatch(c -> c >= ' ' && (c < 0x7F || c > 0x9F))
        ? text
        : text.replaceAll("\\p{Cntrl}|[\u0080-\u009F]", "?");
  }

  /** A line of the table. */
  private static final class Row {
    private final Value value;
    private int sent;
    private long lost;
    private final List<String> examples = new ArrayList<>();

    Row(Value value) {
      this.value = value;
    }
  }

  /** Returns a table with a line for each field. */
  public static String table(SampleData sample, boolean shown) {
    List<Row> rows = new ArrayList<>();
    sample.mapped().forEach(value -> rows.add(new Row(value)));
    for (Customer customer : sample.customers()) {
      for (Value value : customer.values() == null ? List.<Value>of() : customer.values()) {
        Row row = row(rows, value);
        String example = cut(cell(value.value(), shown));
        row.sent++;
        if (row.examples.size() < EXAMPLES && !row.examples.contains(example)) {
          row.examples.add(example);
        }
      }
    }
    for (Row row : rows) {
      row.lost =
          sample.customers().stream().filter(customer -> customer.hasLost(row.value)).count();
    }
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("Klaviyo", "from", "sent", "lost", "such as"));
    for (Row row : rows) {
      cells.add(
          List.of(
              cut(title(row.value)),
              cut(row.value.source()),
              Integer.toString(row.sent),
              Long.toString(row.lost),
              String.join("  ", row.examples)));
    }
    return counts(sample) + "\n" + aligned(cells);
  }

  private static Row row(List<Row> rows, Value value) {
    for (Row row : rows) {
      if (row.value.isAt(value)) {
        return row;
      }
    }
    Row row = new Row(value);
    rows.add(row);
    return row;
  }

  private static String cut(String text) {
    return text.length() <= MAX_CELL ? text : text.substring(0, MAX_CELL - 1) + "…";
  }

  private static String aligned(List<List<String>> rows) {
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        String space = " ".repeat(width - cell.length());
        boolean isNumber = i == 2 || i == 3;
        boolean isLast = i == row.size() - 1;
        table.append(isNumber ? space + cell : isLast ? cell : cell + space);
        table.append(isLast ? "" : "  ");
      }
      while (table.length() > 0 && table.charAt(table.length() - 1) == ' ') {
        table.setLength(table.length() - 1);
      }
      table.append('\n');
    }
    return table.substring(0, table.length() - 1);
  }

  /** Returns all there is to know, as JSON. */
  public static String json(SampleData sample, boolean shown) {
    ObjectNode root = IndentedJson.object();
    root.put("read", sample.read());
    root.put("set_aside", sample.setAside());
    root.put("masked", !shown);
    ArrayNode customers = root.putArray("customers");
    for (Customer customer : sample.customers()) {
      ObjectNode node = customers.addObject();
      node.put("id", EmailShape.shown(customer.id()));
      node.put("sent", customer.values() != null);
      ArrayNode fields = node.putArray("fields");
      for (Value value : customer.values() == null ? List.<Value>of() : customer.values()) {
        ObjectNode field = fields.addObject();
        field.put("field", value.path()).put("from", value.source());
        field.put("change", value.change());
        field.set("value", shown ? value.value() : ValueMask.masked(value.value()));
      }
      ArrayNode rejections = node.putArray("rejections");
      customer.rejections().forEach(rejection -> add(rejections.addObject(), rejection));
    }
    return IndentedJson.write(root);
  }

  private static void add(ObjectNode node, Rejection rejection) {
    node.put("scope", rejection.scope().name());
    putKnown(node, "field", rejection.field());
    node.put("reason", rejection.reason().name());
    putKnown(node, "code", rejection.code());
    putKnown(node, "type", rejection.type());
  }

  private static void putKnown(ObjectNode node, String name, @Nullable String text) {
    if (text != null) {
      node.put(name, text);
    }
  }
}
