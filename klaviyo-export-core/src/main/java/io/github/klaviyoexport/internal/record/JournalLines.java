package io.github.klaviyoexport.internal.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.Forgotten;
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
    StringWriter text = new StringWriter();
    try (JsonGenerator line = FACTORY.createGenerator(text)) {
      line.writeStartObject();
      write(entry, line);
      line.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("A journal entry could not be written as JSON.", impossible);
    }
    return entry instanceof Filled filled
        ? withKeys(text.toString(), filled.keys())
        : text.toString();
  }

  private static void write(JournalEntry entry, JsonGenerator line) throws IOException {
    if (entry instanceof Began began) {
      line.writeStringField("entry", "began");
      writeBegan(began, line);
    } else if (entry instanceof Resumed resumed) {
      line.writeStringField("entry", "resumed");
      line.writeStringField("at", resumed.at().toString());
    } else if (entry instanceof Filled filled) {
      line.writeStringField("entry", "filled");
      line.writeNumberField("batch", filled.batch());
      line.writeStringField("at", filled.at().toString());
      line.writeObjectFieldStart("checkpoint");
      writeCheckpoint(filled.checkpoint(), line);
      line.writeEndObject();
    } else if (entry instanceof InDoubt inDoubt) {
      line.writeStringField("entry", "in doubt");
      line.writeNumberField("profiles", inDoubt.profiles());
    } else if (entry instanceof Taken taken) {
      line.writeStringField("entry", "taken");
      line.writeNumberField("batch", taken.batch());
      line.writeStringField("job", taken.job());
      writeOptional("created", taken.createdAt(), line);
      writeOptional("at", taken.at(), line);
      writeRows(taken.rows(), line);
    } else if (entry instanceof Refused refused) {
      line.writeStringField("entry", "refused");
      line.writeNumberField("batch", refused.batch());
      line.writeNumberField("row", refused.row());
      line.writeFieldName("rejection");
      writeRejection(refused.rejection(), line);
    } else if (entry instanceof Ended ended) {
      line.writeStringField("entry", "ended");
      line.writeStringField("job", ended.job());
      line.writeStringField("status", ended.status().name());
      line.writeNumberField("accepted", ended.accepted());
      line.writeNumberField("rejected", ended.rejected());
      writeOptional("at", ended.at(), line);
      writeRejections(ended.rejections(), line);
    } else if (entry instanceof LeaversFound found) {
      line.writeStringField("entry", "leavers");
      line.writeNumberField("leavers", found.leavers());
    } else if (entry instanceof LeaversRemoved removed) {
      line.writeStringField("entry", "removed");
      line.writeNumberField("leavers", removed.leavers());
    } else if (entry instanceof Mirrored mirrored) {
      line.writeStringField("entry", "mirrored");
      line.writeStringField("segment", mirrored.segment());
      line.writeStringField("at", mirrored.at().toString());
      if (mirrored.tracked()) {
        line.writeBooleanField("tracked", true);
      }
    } else if (entry instanceof Forgotten forgotten) {
      line.writeStringField("entry", "forgotten");
      writeBegan(forgotten.began(), line);
      line.writeStringField("last_active", forgotten.lastActive().toString());
      line.writeArrayFieldStart("in_doubt");
      for (int profiles : forgotten.inDoubt()) {
        line.writeNumber(profiles);
      }
      line.writeEndArray();
    } else {
      line.writeStringField("entry", "finished");
    }
  }

  private static void writeBegan(Began began, JsonGenerator line) throws IOException {
    line.writeStringField("run", began.run());
    line.writeStringField("at", began.at().toString());
    line.writeStringField("segment", began.setup().segment());
    line.writeStringField("list", began.setup().list());
    line.writeStringField("server", began.setup().server());
    line.writeStringField("mapping", began.setup().mapping());
    line.writeStringField("mode", began.setup().mode().name());
    line.writeNumberField("key0", began.key0());
    line.writeNumberField("key1", began.key1());
    if (began.sorted()) {
      line.writeBooleanField("sorted", true);
    }
  }

  /** Adds the field of the keys, nearly all of a line, without taking it through a generator. */
  private static String withKeys(String object, byte[] keys) {
    String rest = object.substring(0, object.length() - 1);
    return String.join("", rest, ",\"keys\":\"", Base64.getEncoder().encodeToString(keys), "\"}");
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
        case "began" -> readBegan(line);
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
        case "forgotten" ->
            new Forgotten(
                readBegan(line),
                Instant.parse(text(line, "last_active")),
                readSizes(line.required("in_doubt")));
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

  private static Began readBegan(JsonNode line) {
    return new Began(
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
  }

  /** Reads a mode; runs that name none are of a time before there was a choice. */
  private static SyncMode readMode(@Nullable String name) {
    return name == null ? SyncMode.UPSERT : SyncMode.valueOf(name);
  }

  private static void writeCheckpoint(Checkpoint checkpoint, JsonGenerator line)
      throws IOException {
    line.writeStringField("position", checkpoint.position());
    line.writeNumberField("read", checkpoint.read());
    line.writeNumberField("duplicates", checkpoint.duplicates());
    line.writeNumberField("rejected", checkpoint.rejected());
    line.writeNumberField("fields", checkpoint.rejectedFields());
    line.writeObjectFieldStart("reasons");
    for (Map.Entry<Reason, Long> count : checkpoint.reasons().entrySet()) {
      line.writeNumberField(count.getKey().name(), count.getValue());
    }
    line.writeEndObject();
    writeRejections(checkpoint.rejections(), line);
    if (!checkpoint.byField().isEmpty()) {
      line.writeArrayFieldStart("by_field");
      for (FieldCount count : checkpoint.byField()) {
        writeCount(count, line);
      }
      line.writeEndArray();
    }
    Map<String, FieldUse.Figures> fields = checkpoint.fields();
    if (fields != null) {
      writeUse(fields, line);
    }
    if (checkpoint.emailIds()) {
      line.writeBooleanField("email_ids", true);
    }
    if (checkpoint.unchanged() > 0) {
      line.writeNumberField("unchanged", checkpoint.unchanged());
    }
  }

  private static void writeUse(Map<String, FieldUse.Figures> fields, JsonGenerator line)
      throws IOException {
    line.writeObjectFieldStart("use");
    for (Map.Entry<String, FieldUse.Figures> field : fields.entrySet()) {
      line.writeObjectFieldStart(field.getKey());
      line.writeBooleanField("valued", field.getValue().valued());
      line.writeNumberField("values", field.getValue().values());
      line.writeNumberField("lost", field.getValue().lost());
      line.writeEndObject();
    }
    line.writeEndObject();
  }

  private static void writeCount(FieldCount count, JsonGenerator line) throws IOException {
    line.writeStartObject();
    line.writeStringField("field", count.field());
    line.writeStringField("scope", count.scope().name());
    line.writeStringField("reason", count.reason().name());
    line.writeNumberField("count", count.count());
    writeOptional("type", count.type(), line);
    line.writeEndObject();
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
  private static void writeRows(int[] rows, JsonGenerator line) throws IOException {
    line.writeArrayFieldStart("rows");
    for (int i = 0; i < rows.length; i++) {
      line.writeNumber(rows[i]);
      while (i + 1 < rows.length && rows[i + 1] == rows[i] + 1) {
        i++;
      }
      line.writeNumber(rows[i]);
    }
    line.writeEndArray();
  }

  private static List<Integer> readSizes(JsonNode node) {
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : node) {
      sizes.add(counted(size.longValue()));
    }
    return sizes;
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

  private static void writeRejections(List<Rejection> rejections, JsonGenerator line)
      throws IOException {
    line.writeArrayFieldStart("rejections");
    for (Rejection rejection : rejections) {
      writeRejection(rejection, line);
    }
    line.writeEndArray();
  }

  private static List<Rejection> readRejections(JsonNode node) {
    List<Rejection> rejections = new ArrayList<>();
    node.forEach(rejection -> rejections.add(readRejection(rejection)));
    return rejections;
  }

  private static void writeRejection(Rejection rejection, JsonGenerator line) throws IOException {
    line.writeStartObject();
    line.writeStringField("customer", rejection.customerId());
    line.writeStringField("scope", rejection.scope().name());
    line.writeStringField("field", rejection.field());
    line.writeStringField("reason", rejection.reason().name());
    line.writeStringField("code", rejection.code());
    writeOptional("type", rejection.type(), line);
    writeOptional("other", rejection.otherCustomerId(), line);
    line.writeEndObject();
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

  private static void writeOptional(String name, @Nullable Object value, JsonGenerator line)
      throws IOException {
    if (value != null) {
      line.writeStringField(name, value.toString());
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
    return counted(number(node, name));
  }

  private static int counted(long number) {
    int count = Math.toIntExact(number);
    if (count < 0) {
      throw new IllegalArgumentException();
    }
    return count;
  }
}
