package io.github.klaviyoexport.internal.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.KlaviyoCheck.Finding.Kind;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Endpoint;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The items of an answer, held to what the library reads of them. */
final class Items {
  private final Endpoint endpoint;
  private final List<JsonNode> attributes = new ArrayList<>();
  private final Findings findings;

  /** Who takes what is found. */
  interface Findings {
    /** Takes it. */
    void found(Kind kind, Endpoint endpoint, String words);
  }

  /** Creates the items of an answer, which has several or one. */
  Items(Endpoint endpoint, JsonNode data, Findings findings) {
    this.endpoint = endpoint;
    this.findings = findings;
    if (data.isArray()) {
      data.forEach(item -> attributes.add(item.path("attributes")));
    } else {
      attributes.add(data.path("attributes"));
    }
  }

  /** Holds that an attribute is there, and is of that form in each item that has it. */
  void needs(String name, Predicate<JsonNode> form) {
    List<JsonNode> values = attributes.stream().map(item -> item.path(name)).toList();
    if (values.isEmpty()) {
      return;
    }
    if (values.stream().allMatch(JsonNode::isMissingNode)) {
      missing("the field " + name + " is");
    } else if (values.stream().anyMatch(value -> isThere(value) && !form.test(value))) {
      findings.found(
          Kind.UNREADABLE,
          endpoint,
          "Klaviyo's field "
              + name
              + " has another form than this version reads: look for a newer version of this"
              + " library.");
    }
  }

  /** Holds that one of several attributes is there at least. */
  void needsOneOf(String... names) {
    if (attributes.stream()
        .allMatch(item -> Stream.of(names).allMatch(name -> item.path(name).isMissingNode()))) {
      missing("none of the fields " + String.join(", ", names) + " is");
    }
  }

  private void missing(String what) {
    findings.found(
        Kind.FIELD_MISSING,
        endpoint,
        "In Klaviyo's answer "
            + what
            + " there, which this version reads: look for a newer version of this library.");
  }

  /** Holds that an attribute has no other values than those. */
  void knows(String name, String... words) {
    Set<String> unknown = new TreeSet<>();
    for (JsonNode item : attributes) {
      JsonNode value = item.path(name);
      if (isThere(value) && !List.of(words).contains(value.asText(""))) {
        String word = ApiError.word(value);
        unknown.add(word == null ? "(no word)" : word);
      }
    }
    if (!unknown.isEmpty()) {
      findings.found(
          Kind.UNKNOWN_VALUE,
          endpoint,
          "Klaviyo's field "
              + name
              + " has values that this version does not know: "
              + String.join(", ", unknown)
              + ". Exports go on without them; look for a newer version of this library.");
    }
  }

  /** Returns whether a value is a moment as Klaviyo writes them. */
  static boolean isMoment(JsonNode value) {
    try {
      OffsetDateTime.parse(value.asText(""));
      return true;
    } catch (DateTimeException other) {
      return false;
    }
  }

  private static boolean isThere(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }
}
