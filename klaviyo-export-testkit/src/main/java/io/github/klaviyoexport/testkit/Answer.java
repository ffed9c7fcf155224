package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a door gives back for a {@link Call}. */
record Answer(int status, Map<String, String> headers, byte[] body, Ending ending) {
  private static final String JSON_API = "application/vnd.api+json";

  /** How the exchange ends. */
  enum Ending {
    /** The whole answer arrives. */
    COMPLETE,
    /** The connection breaks before anything of it arrives. */
    DROPPED,
    /** The head arrives, the body never ends. */
    STALLED
  }

  static final Answer DROPPED = new Answer(0, Map.of(), new byte[0], Ending.DROPPED);

  /** Done, and nothing to tell. */
  static final Answer EMPTY = new Answer(204, Map.of(), new byte[0], Ending.COMPLETE);

  /** Taken over, and nothing to tell. */
  static final Answer ACCEPTED = new Answer(202, Map.of(), new byte[0], Ending.COMPLETE);

  static Answer json(int status, JsonNode body) {
    return new Answer(status, Map.of("Content-Type", JSON_API), Json.bytes(body), Ending.COMPLETE);
  }

  /** A document of one resource. */
  static Answer document(int status, Call call, JsonNode data) {
    ObjectNode body = Json.object();
    body.set("data", data);
    body.putObject("links").put("self", call.url());
    return json(status, body);
  }

  static Answer html(int status, Map<String, String> headers, String body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "text/html; charset=UTF-8");
    return new Answer(status, all, body.getBytes(StandardCharsets.UTF_8), Ending.COMPLETE);
  }

  Answer with(Map<String, String> moreHeaders) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(moreHeaders);
    return new Answer(status, all, body, ending);
  }

  Answer with(String header, String value) {
    return with(Map.of(header, value));
  }

  Answer stalled() {
    return new Answer(status, headers, body, Ending.STALLED);
  }

  Answer garbled() {
    return new Answer(status, headers, Arrays.copyOf(body, body.length / 2), ending);
  }
}
