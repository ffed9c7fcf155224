package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.testkit.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an export that nothing interrupts comes to: what all others are compared with. */
final class Uninterrupted {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The one, made with the first test that needs it. */
  static final Uninterrupted EXPORT = new Uninterrupted();

  private final Map<String, Object> report;
  private final Map<String, Map<String, Object>> members;
  private final Set<String> posts;
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);

  private Uninterrupted() {
    try (WatchedKlaviyo klaviyo = new WatchedKlaviyo(ExportProcess.PROFILES);
        SegmentExporter exporter =
            ExportProcess.exporter(klaviyo.connection(), MemoryJournal.create(), 1)) {
      report = comparable(exporter.export(ExportProcess.SEGMENT, ExportProcess.LIST).toJson());
      members = klaviyo.members();
      posts = new TreeSet<>(klaviyo.posts());
      for (Operation operation : Operation.values()) {
        counts.put(operation, klaviyo.count(operation));
      }
    }
  }

  /** How many requests of an operation it takes. */
  int count(Operation operation) {
    return counts.get(operation);
  }

  /** Checks that an export has come to the same end, by no other batches. */
  void assertSameEnd(String said, WatchedKlaviyo klaviyo) {
    assertThat(said).startsWith(ExportProcess.REPORT);
    assertThat(comparable(said.substring(ExportProcess.REPORT.length()))).isEqualTo(report);
    assertThat(klaviyo.members()).isEqualTo(members);
    assertThat(new TreeSet<>(klaviyo.posts())).as("batches to the byte").isEqualTo(posts);
  }

  /** All that two exports of the same have in common, whatever they went through. */
  private static Map<String, Object> comparable(String json) {
    try {
      ObjectNode report = (ObjectNode) JSON.readTree(json);
      Map<String, Object> same = new TreeMap<>();
      for (String figure :
          List.of(
              "read",
              "accepted",
              "rejected",
              "duplicates",
              "unconfirmed",
              "unsent",
              "rejected_fields",
              "reasons",
              "unconfirmed_reasons",
              "unconfirmed_customers")) {
        same.put(figure, report.required(figure));
      }
      same.put("rejections", sorted(report.required("rejections")));
      report
          .required("jobs")
          .forEach(job -> ((ObjectNode) job).remove(List.of("id", "made_at", "ended_at")));
      same.put("jobs", sorted(report.required("jobs")));
      return same;
    } catch (JsonProcessingException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static List<JsonNode> sorted(JsonNode array) {
    List<JsonNode> sorted = new ArrayList<>();
    array.forEach(sorted::add);
    sorted.sort(Comparator.comparing(JsonNode::toString));
    return sorted;
  }
}
