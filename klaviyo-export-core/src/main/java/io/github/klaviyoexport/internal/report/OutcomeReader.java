package io.github.klaviyoexport.internal.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.report.OutcomeLines.Form;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the {@linkplain OutcomeLines lines} of outcomes. A last line that has no end is
 * none: the process that wrote it was killed.
 */
public final class OutcomeReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private OutcomeReader() {}

  /**
   * Reads outcomes in their order.
   *
   * @param file the whole lines, and no more
   * @throws IOException if it cannot be read or holds something else; the message quotes nothing
   */
  public static void read(InputStream file, Form form, Consumer<Outcome> each) throws IOException {
    BufferedReader text =
        new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8), 64 * 1024);
    long line = 0;
    try {
      if (form == Form.JSON_LINES) {
        for (String json = text.readLine(); json != null; json = text.readLine()) {
          line++;
          each.accept(outcome(MAPPER.readTree(json)));
        }
      } else {
        record(text);
        for (List<@Nullable String> record = record(text);
            !record.isEmpty();
            record = record(text)) {
          line++;
          each.accept(outcome(object(record)));
        }
      }
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      throw new IOException(
          "line " + (line + (form == Form.JSON_LINES ? 0 : 1)) + " is no outcome of this version");
    }
  }

  /** Reads a record of CSV; it has no values after the last. A value without quotes may be none. */
  private static List<@Nullable String> record(BufferedReader text) throws IOException {
    List<@Nullable String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quotes = false;
    boolean quoted = false;
    for (int c = text.read(); c >= 0; c = text.read()) {
      if (c == '"') {
        // Two in a row within quotes end them and begin them anew: one of them is a character.
        if (!quotes && quoted) {
          value.append('"');
        }
        quotes = !quotes;
        quoted = true;
      } else if (!quotes && (c == ',' || c == '\n')) {
        values.add(value.isEmpty() && !quoted ? null : value.toString());
        value.setLength(0);
        quoted = false;
        if (c == '\n') {
          return values;
        }
      } else if (quotes || c != '\r') {
        value.append((char) c);
      }
    }
    return values;
  }

  private static JsonNode object(List<@Nullable String> values) throws JsonProcessingException {
    ObjectNode object = MAPPER.createObjectNode();
    for (int i = 0; i < values.size(); i++) {
      String name = OutcomeLines.COLUMNS[Math.min(i, OutcomeLines.COLUMNS.length - 1)];
      String value = values.get(i);
      if (value != null && name.equals("fields_left_out")) {
        object.set(name, MAPPER.readTree(value));
      } else if (value != null) {
        object.put(name, value);
      }
    }
    return object;
  }

  private static Outcome outcome(JsonNode line) {
    String id = line.required("id").textValue();
    List<Rejection> fields = new ArrayList<>();
    for (JsonNode field : line.path("fields_left_out")) {
      fields.add(rejection(id, Scope.FIELD, field));
    }
    String why = text(line, "why");
    return new OutcomeData(
        id,
        ListId.of(line.required("list").textValue()),
        Kind.valueOf(line.required("outcome").textValue()),
        text(line, "job"),
        text(line, "duplicate_of"),
        line.has("reason") ? rejection(id, Scope.PROFILE, line) : null,
        List.copyOf(fields),
        why == null ? null : Why.valueOf(why));
  }

  private static Rejection rejection(String id, Scope scope, JsonNode node) {
    return new Rejection(
        id,
        scope,
        text(node, "field"),
        Reason.valueOf(node.required("reason").textValue()),
        text(node, "code"),
        text(node, "type"),
        text(node, "shared_with"));
  }

  private static @Nullable String text(JsonNode node, String name) {
    return node.path(name).textValue();
  }
}
