package io.github.klaviyoexport.internal.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversFound;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversRemoved;
import io.github.klaviyoexport.internal.record.JournalEntry.Mirrored;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import io.github.klaviyoexport.internal.record.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The journal's entries as text: one JSON object a line, rows as runs of numbers.
 *
 * <p>Reading is strict: an entry that is not understood means that another version wrote it, and
 * nothing is resumed on a guess.
 */
final class JournalLines {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // A customer's id may hold half a surrogate pair, which no store can keep as it is.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxStringLength(64 * 1024 * 1024)
                  .build())
          .build();

  /** The reader, which takes long to make: a run that goes on with no other does without it. */
  private static final class Mapper {
    static final ObjectMapper READING = new ObjectMapper(FACTORY);
  }

  private JournalLines() {}

  static String write(JournalEntry entry) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    if (entry instanceof Began began) {
      line.put("entry", "began").put("run", began.run()).put("at", began.at().toString());
      line.put("segment", began.setup().segment()).put("list", began.setup().list());
      line.put("server", began.setup().server()).put("mapping", began.setup().mapping());
      line.put("mode", began.setup().mode().name());
      line.put("key0", began.key0()).put("key1", began.key1());
      if (began.sorted()) {
        line.put("sorted", true);
      }
    } else if (entry instanceof Resumed resumed) {
      line.put("entry", "resumed").put("at", resumed.at().toString());
    } else if (entry instanceof Filled filled) {
      line.put("entry", "filled").put("batch", filled.batch()).put("at", filled.at().toString());
      writeCheckpoint(filled.checkpoint(), line.putObject("checkpoint"));
      return withKeys(text(line), filled.keys());
    } else if (entry instanceof InDoubt inDoubt) {
      line.put("entry", "in doubt").put("profiles", inDoubt.profiles());
    } else if (entry instanceof Taken taken) {
      line.put("entry", "taken").put("batch", taken.batch()).put("job", taken.job());
      if (taken.createdAt() != null) {
        line.put("created", taken.createdAt().toString());
      }
      putOptional(line, "at", taken.at() == null ? null : taken.at().toString());
      writeRows(taken.rows(), line.putArray("rows"));
    } else if (entry instanceof Refused refused) {
      line.put("entry", "refused").put("batch", refused.batch()).put("row", refused.row());
      writeRejection(refused.rejection(), line.putObject("rejection"));
    } else if (entry instanceof Ended ended) {
      line.put("entry", "ended").put("job", ended.job()).put("status", ended.status().name());
      line.put("accepted", ended.accepted()).put("rejected", ended.rejected());
      putOptional(line, "at", ended.at() == null ? null : ended.at().toString());
      writeRejections(ended.rejections(), line.putArray("rejections"));
    } else if (entry instanceof LeaversFound found) {
      line.put("entry", "leavers").put("leavers", found.leavers());
    } else if (entry instanceof LeaversRemoved removed) {
      line.put("entry", "removed").put("leavers", removed.leavers());
    } else if (entry instanceof Mirrored mirrored) {
      line.put("entry", "mirrored").put("segment", mirrored.segment());
      line.put("at", mirrored.at().toString());
      if (mirrored.tracked()) {
        line.put("tracked", true);
      }
    } else {
      line.put("entry", "finished");
    }
    return text(line);
  }

  /** Adds the field of the keys, nearly all of a line, without taking it through a generator. */
  private static String withKeys(String object, byte[] keys) {
    String rest = object.substring(0, object.length() - 1);
    return rest + ",\"keys\":\"" + Base64.getEncoder().encodeToString(keys) + "\"}";
  }

  private static String text(ObjectNode line) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(line, json);
    } catch (IOException impossible) {
      throw new IllegalStateException("A journal entry could not be written as JSON.", impossible);
    }
    return text.toString();
  }

  private static void write(JsonNode node, JsonGenerator json) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        json.writeStartObject();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
          json.writeFieldName(field.getKey());
          write(field.getValue(), json);
        }
        json.writeEndObject();
      }
      case ARRAY -> {
        json.writeStartArray();
        for (JsonNode element : node) {
          write(element, json);
        }
        json.writeEndArray();
      }
      case STRING -> json.writeString(node.textValue());
      case NUMBER -> json.writeNumber(node.longValue());
      case BOOLEAN -> json.writeBoolean(node.booleanValue());
      default -> json.writeNull();
    }
  }

  /**
   * Reads a line.
   *
   * @throws IOException if it is not one that this version writes; the message quotes nothing of it
   */
  static JournalEntry read(String text) throws IOException {
    try {
      JsonNode line = Mapper.READING.readTree(text);
      return switch (text(line, "entry")) {
        case "began" ->
            new Began(
                text(line, "run"),
                new Setup(
                    text(line, "segment"),
                    text(line, "list"),
                    text(line, "server"),
                    text(line, "mapping"),
                    readMode(optional(line, "mode"))),
                Instant.parse(text(line, "at")),
                number(line, "key0"),
                number(line, "key1"),
                line.path("sorted").asBoolean(false));
        case "resumed" -> new Resumed(Instant.parse(text(line, "at")));
        case "filled" ->
            new Filled(
                count(line, "batch"),
                Instant.parse(text(line, "at")),
                line.required("keys").binaryValue(),
                readCheckpoint(line.required("checkpoint")));
        case "in doubt" -> new InDoubt(count(line, "profiles"));
        case "taken" ->
            new Taken(
                count(line, "batch"),
                readRows(line.required("rows")),
                text(line, "job"),
                optionalTime(line, "created"),
                optionalTime(line, "at"));
        case "refused" ->
            new Refused(
                count(line, "batch"),
                count(line, "row"),
                readRejection(line.required("rejection")));
        case "ended" ->
            new Ended(
                text(line, "job"),
                JobStatus.valueOf(text(line, "status")),
                count(line, "accepted"),
                count(line, "rejected"),
                readRejections(line.required("rejections")),
                optionalTime(line, "at"));
        case "leavers" -> new LeaversFound(number(line, "leavers"));
        case "removed" -> new LeaversRemoved(number(line, "leavers"));
        case "mirrored" ->
            new Mirrored(
                text(line, "segment"),
                Instant.parse(text(line, "at")),
                line.path("tracked").asBoolean(false));
        case "finished" -> new Finished();
        default -> throw new IllegalArgumentException();
      };
    } catch (JsonProcessingException | RuntimeException unreadable) {
      // The parser's complaint quotes what it read, so it is not passed on.
      throw new IOException(
          "The journal holds an entry that this version cannot read: resume with the version that"
              + " wrote it, or start the export over.");
    }
  }

  /** Reads a mode; runs that name none are of a time before there was a choice. */
  private static SyncMode readMode(@Nullable String name) {
    return name == null ? SyncMode.UPSERT : SyncMode.valueOf(name);
  }

  private static void writeCheckpoint(Checkpoint checkpoint, ObjectNode node) {
    node.put("position", checkpoint.position());
    node.put("read", checkpoint.read()).put("duplicates", checkpoint.duplicates());
    node.put("rejected", checkpoint.rejected()).put("fields", checkpoint.rejectedFields());
    ObjectNode reasons = node.putObject("reasons");
    checkpoint.reasons().forEach((reason, count) -> reasons.put(reason.name(), count));
    writeRejections(checkpoint.rejections(), node.putArray("rejections"));
    if (!checkpoint.byField().isEmpty()) {
      ArrayNode counts = node.putArray("by_field");
      checkpoint.byField().forEach(count -> writeCount(count, counts.addObject()));
    }
    Map<String, FieldUse.Figures> fields = checkpoint.fields();
    if (fields != null) {
      ObjectNode use = node.putObject("use");
      fields.forEach(
          (field, figures) ->
              use.putObject(field)
                  .put("valued", figures.valued())
                  .put("values", figures.values())
                  .put("lost", figures.lost()));
    }
    if (checkpoint.emailIds()) {
      node.put("email_ids", true);
    }
    if (checkpoint.unchanged() > 0) {
      node.put("unchanged", checkpoint.unchanged());
    }
  }

  private static void writeCount(FieldCount count, ObjectNode node) {
    node.put("field", count.field()).put("scope", count.scope().name());
    node.put("reason", count.reason().name()).put("count", count.count());
    putOptional(node, "type", count.type());
  }

  private static List<FieldCount> readCounts(JsonNode node) {
    List<FieldCount> counts = new ArrayList<>();
    for (JsonNode count : node) {
      counts.add(
          new FieldCountData(
              optional(count, "field"),
              Scope.valueOf(text(count, "scope")),
              Reason.valueOf(text(count, "reason")),
              optional(count, "type"),
              number(count, "count")));
    }
    return counts;
  }

  private static @Nullable Map<String, FieldUse.Figures> readUse(JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    Map<String, FieldUse.Figures> use = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode figures = field.getValue();
      use.put(
          field.getKey(),
          new FieldUse.Figures(
              figures.required("valued").booleanValue(),
              number(figures, "values"),
              number(figures, "lost")));
    }
    return use;
  }

  private static Checkpoint readCheckpoint(JsonNode node) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    for (Map.Entry<String, JsonNode> reason : node.required("reasons").properties()) {
      reasons.put(Reason.valueOf(reason.getKey()), reason.getValue().longValue());
    }
    return new Checkpoint(
        optional(node, "position"),
        number(node, "read"),
        number(node, "duplicates"),
        number(node, "rejected"),
        number(node, "fields"),
        reasons,
        readRejections(node.required("rejections")),
        readCounts(node.path("by_field")),
        readUse(node.path("use")),
        node.path("email_ids").booleanValue(),
        // Versions that sent everything did not count it.
        node.has("unchanged") ? number(node, "unchanged") : 0);
  }

  /** Writes rows, which stand mostly in long runs: each run as its first and its last. */
  private static void writeRows(int[] rows, ArrayNode node) {
    for (int i = 0; i < rows.length; ) {
      int first = i;
      while (i + 1 < rows.length && rows[i + 1] == rows[i] + 1) {
        i++;
      }
      node.add(rows[first]).add(rows[i]);
      i++;
    }
  }

  private static int[] readRows(JsonNode node) {
    int total = 0;
    for (int i = 0; i < node.size(); i += 2) {
      int more = node.required(i + 1).intValue() - node.get(i).intValue() + 1;
      if (more < 1 || (total += more) > Batch.MAX_PROFILES) {
        throw new IllegalArgumentException();
      }
    }
    int[] rows = new int[total];
    int next = 0;
    for (int i = 0; i < node.size(); i += 2) {
      for (int row = node.get(i).intValue(); row <= node.get(i + 1).intValue(); row++) {
        rows[next++] = row;
      }
    }
    return rows;
  }

  private static void writeRejections(List<Rejection> rejections, ArrayNode node) {
    rejections.forEach(rejection -> writeRejection(rejection, node.addObject()));
  }

  private static List<Rejection> readRejections(JsonNode node) {
    List<Rejection> rejections = new ArrayList<>();
    node.forEach(rejection -> rejections.add(readRejection(rejection)));
    return rejections;
  }

  private static void writeRejection(Rejection rejection, ObjectNode node) {
    node.put("customer", rejection.customerId()).put("scope", rejection.scope().name());
    node.put("field", rejection.field()).put("reason", rejection.reason().name());
    node.put("code", rejection.code());
    putOptional(node, "type", rejection.type());
    putOptional(node, "other", rejection.otherCustomerId());
  }

  private static Rejection readRejection(JsonNode node) {
    return new Rejection(
        optional(node, "customer"),
        Scope.valueOf(text(node, "scope")),
        optional(node, "field"),
        Reason.valueOf(text(node, "reason")),
        optional(node, "code"),
        optional(node, "type"),
        optional(node, "other"));
  }

  private static void putOptional(ObjectNode node, String name, @Nullable String value) {
    if (value != null) {
      node.put(name, value);
    }
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException();
    }
    return value.textValue();
  }

  private static @Nullable String optional(JsonNode node, String name) {
    return node.hasNonNull(name) ? text(node, name) : null;
  }

  private static @Nullable Instant optionalTime(JsonNode node, String name) {
    return node.hasNonNull(name) ? Instant.parse(text(node, name)) : null;
  }

  private static long number(JsonNode node, String name) {
    JsonNode value = node.required(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException();
    }
    return value.longValue();
  }

  private static int count(JsonNode node, String name) {
    int count = Math.toIntExact(number(node, name));
    if (count < 0) {
      throw new IllegalArgumentException();
    }
    return count;
  }
}
