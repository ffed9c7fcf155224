package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an answer complained of, in short: ten thousand errors are too many to keep.
 *
 * @param errors how many errors it had
 * @param first the first few of them
 */
public record ErrorSummary(int errors, List<Item> first) {
  static final ErrorSummary NONE = new ErrorSummary(0, List.of());

  private static final int MOST = 5;

  /**
   * One error.
   *
   * @param where the pointer or parameter it names; empty when it names none
   * @param detail what is wrong there
   */
  public record Item(String where, String detail) {}

  /** Reads an answer as a client would, so that what was scripted shows as well. */
  public static ErrorSummary of(ApiResponse answer) {
    if (answer.status() < 400 || answer.body().length == 0 || answer.body()[0] != '{') {
      return NONE;
    }
    JsonNode errors;
    try {
      errors = JsonValues.tree(answer.body()).path("errors");
    } catch (IOException garbled) {
      return NONE;
    }
    List<Item> first = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST, errors.size()); i++) {
      JsonNode source = errors.path(i).path("source");
      String where = source.path("pointer").asText(source.path("parameter").asText());
      first.add(new Item(where, errors.path(i).path("detail").asText()));
    }
    return new ErrorSummary(errors.size(), List.copyOf(first));
  }
}
