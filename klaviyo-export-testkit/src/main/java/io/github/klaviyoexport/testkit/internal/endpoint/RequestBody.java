package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException.Problem;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is small enough for a tree, and what is wrong with it.
 *
 * <p>Values are asked for by their JSON pointers. Problems are gathered meanwhile, and refused
 * together.
 */
final class RequestBody {
  static final int MAX_BYTES = 5_000_000;

  private static final String REQUIRED = "This field is required.";
  private static final Set<String> JSON = Set.of("application/vnd.api+json", "application/json");

  private final JsonNode root;
  private final List<Problem> problems = new ArrayList<>();

  private RequestBody(JsonNode root) {
    this.root = root;
  }

  /**
   * Reads the body of a call.
   *
   * @throws ApiErrorException if it is no JSON or comes in no way that Klaviyo takes
   */
  static RequestBody of(ApiRequest call) {
    checkOutside(call);
    byte[] body = call.body();
    try {
      JsonNode root = JsonValues.tree(body);
      if (!JsonValues.isKeepableText(body, 0, body.length)) {
        throw ApiErrorException.invalid("/data", "The body holds text that cannot be kept.");
      }
      return new RequestBody(root);
    } catch (IOException malformed) {
      throw ApiErrorException.invalid("/data", "The body is not valid JSON.");
    }
  }

  /**
   * Checks how a body comes, without looking into it: its type, its encoding and its size.
   *
   * @throws ApiErrorException if Klaviyo would not take it
   */
  static void checkOutside(ApiRequest call) {
    if (call.header("Content-Type") == null || !JSON.containsAll(call.mediaTypes("Content-Type"))) {
      throw ApiErrorException.unsupportedMediaType("Unsupported media type in request.");
    }
    if (!call.charsets("Content-Type").stream().allMatch("utf-8"::equals)) {
      throw ApiErrorException.unsupportedMediaType("Unsupported charset in request: use UTF-8.");
    }
    String encoding = call.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw ApiErrorException.unsupportedMediaType("Unsupported content encoding in request.");
    }
    if (call.body().length > MAX_BYTES) {
      throw ApiErrorException.tooLarge("The payload exceeds 5MB.");
    }
  }

  /**
   * Reads the body of a call that must hold a resource of that type.
   *
   * @throws ApiErrorException if it does not
   */
  static RequestBody of(ApiRequest call, String type) {
    RequestBody body = of(call);
    if (body.object("/data")) {
      body.typed("/data", type);
      body.object("/data/attributes");
    }
    body.refuseProblems();
    return body;
  }

  void problem(String pointer, String detail) {
    problems.add(Problem.invalid(pointer, detail));
  }

  /**
   * Ends the reading.
   *
   * @throws ApiErrorException if anything is wrong
   */
  void refuseProblems() {
    if (!problems.isEmpty()) {
      throw ApiErrorException.invalid(problems);
    }
  }

  JsonNode at(String pointer) {
    return root.at(pointer);
  }

  /** Returns whether there is something other than null. */
  boolean has(String pointer) {
    JsonNode value = root.at(pointer);
    return !value.isMissingNode() && !value.isNull();
  }

  /** Returns whether an object is there; without one, that is a problem. */
  boolean object(String pointer) {
    JsonNode value = root.at(pointer);
    if (!value.isObject()) {
      problem(pointer, value.isMissingNode() ? REQUIRED : "Not a valid object.");
    }
    return value.isObject();
  }

  /** Objects to fields that a resource does not have. */
  void fields(String pointer, String resource, Set<String> known) {
    root.at(pointer)
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problem(
                    pointer + "/" + name,
                    "'" + name + "' is not a valid field for the resource '" + resource + "'.");
              }
            });
  }

  /** Objects to parts that Klaviyo may have, and the fake has not. */
  void only(String pointer, Set<String> known) {
    root.at(pointer)
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problem(pointer + "/" + name, "'" + name + "' is not known to this fake.");
              }
            });
  }

  /** Returns the list that a resource identifier names, which must be there. */
  @Nullable KlaviyoList list(String pointer, Account account) {
    String id = id(pointer, "list");
    KlaviyoList list = account.findList(id);
    if (list == null && !id.isEmpty()) {
      problem(pointer + "/id", "A list with id `" + id + "` does not exist.");
    }
    return list;
  }

  /** Returns a text that may be missing or null. */
  @Nullable String text(String pointer) {
    JsonNode value = root.at(pointer);
    if (has(pointer) && !value.isTextual()) {
      problem(pointer, "Not a valid string.");
    }
    return value.textValue();
  }

  /** Returns a text that must be there and not be empty; what comes in its place is a problem. */
  String requiredText(String pointer) {
    String text = text(pointer);
    if (!has(pointer)) {
      problem(pointer, REQUIRED);
    } else if (text != null && text.isBlank()) {
      problem(pointer, "This field may not be blank.");
    }
    return text == null ? "" : text;
  }

  /** Returns whether true is there; it may be missing or null. */
  boolean flag(String pointer) {
    if (has(pointer) && !root.at(pointer).isBoolean()) {
      problem(pointer, "Not a valid boolean.");
    }
    return root.at(pointer).asBoolean();
  }

  /** Objects to a resource that is of another type. */
  void typed(String pointer, String type) {
    if (!type.equals(root.at(pointer + "/type").textValue())) {
      problem(pointer + "/type", "The resource type must be '" + type + "'.");
    }
  }

  /** Returns the pointers of the elements of an array, of which there must be one at least. */
  List<String> elements(String pointer, int most) {
    List<String> elements = new ArrayList<>();
    if (!(root.at(pointer) instanceof ArrayNode array)) {
      problem(pointer, has(pointer) ? "Not a valid list." : REQUIRED);
    } else if (array.isEmpty() || array.size() > most) {
      problem(pointer, "Between 1 and " + most + " are allowed, not " + array.size() + ".");
    } else {
      for (int i = 0; i < array.size(); i++) {
        elements.add(pointer + "/" + i);
      }
    }
    return elements;
  }

  /** Returns the ids of the resource identifiers in an array. */
  List<String> ids(String pointer, String type, int most) {
    return elements(pointer, most).stream().map(element -> id(element, type)).toList();
  }

  /** Returns the id in a resource identifier. */
  String id(String pointer, String type) {
    typed(pointer, type);
    return requiredText(pointer + "/id");
  }
}
