package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.klaviyoexport.testkit.Refusal.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a request that is small enough for a tree, and what is wrong with it.
 *
 * <p>Problems are gathered while it is read, and refused together.
 */
final class RequestBody {
  private static final String REQUIRED = "This field is required.";

  private final JsonNode root;
  private final List<Problem> problems = new ArrayList<>();

  private RequestBody(JsonNode root) {
    this.root = root;
  }

  /**
   * Reads the body of a call.
   *
   * @throws Refusal if it is no JSON or comes in no way that Klaviyo takes
   */
  static RequestBody of(Call call) {
    Admission.checkBody(call);
    try {
      return new RequestBody(Json.tree(call.body()));
    } catch (IOException malformed) {
      throw Refusal.invalid("/data", "The body is not valid JSON.");
    }
  }

  void problem(String pointer, String detail) {
    problems.add(Problem.invalid(pointer, detail));
  }

  /**
   * Ends the reading.
   *
   * @throws Refusal if anything is wrong
   */
  void refuseProblems() {
    if (!problems.isEmpty()) {
      throw Refusal.invalid(problems);
    }
  }

  /** The ids of the resource identifiers in an array. */
  List<String> identifiers(String pointer, String type, int most) {
    List<String> ids = new ArrayList<>();
    if (!(root.at(pointer) instanceof ArrayNode array)) {
      problem(pointer, root.at(pointer).isMissingNode() ? REQUIRED : "Not a valid list.");
      return ids;
    }
    if (array.isEmpty() || array.size() > most) {
      problem(
          pointer,
          "Between 1 and "
              + most
              + " of type '"
              + type
              + "' are allowed, not "
              + array.size()
              + ".");
      return ids;
    }
    for (int i = 0; i < array.size(); i++) {
      JsonNode element = array.get(i);
      if (!type.equals(element.path("type").textValue())) {
        problem(pointer + "/" + i + "/type", "The resource type must be '" + type + "'.");
      }
      String id = element.path("id").textValue();
      if (id == null) {
        problem(pointer + "/" + i + "/id", REQUIRED);
      } else {
        ids.add(id);
      }
    }
    return ids;
  }
}
