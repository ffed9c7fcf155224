package io.github.klaviyoexport.testkit.internal.api;

import io.github.klaviyoexport.testkit.Operation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells by method and path what a call asks for. */
public final class Router {

  /** An operation, and the id that stood in the path, empty when there is no place for one. */
  public record Route(Operation operation, String id) {}

  /** The parts of each path, by the resource that stands behind {@code /api/}. */
  private static final Map<String, Map<Operation, String[]>> TEMPLATES = new HashMap<>();

  static {
    for (Operation operation : Operation.values()) {
      String[] parts = parts(operation.path());
      TEMPLATES
          .computeIfAbsent(resource(parts), resource -> new EnumMap<>(Operation.class))
          .put(operation, parts);
    }
  }

  private Router() {}

  /**
   * Finds the operation of a call.
   *
   * @throws ApiErrorException if there is none
   */
  public static Route route(String method, String path) {
    String[] parts = parts(path);
    Map<Operation, String[]> templates = TEMPLATES.getOrDefault(resource(parts), Map.of());
    for (Map.Entry<Operation, String[]> template : templates.entrySet()) {
      Operation operation = template.getKey();
      String id = operation.method().equals(method) ? id(template.getValue(), parts) : null;
      if (id != null) {
        return new Route(operation, id);
      }
    }
    Set<String> methods = new TreeSet<>();
    templates.forEach(
        (operation, template) -> {
          if (id(template, parts) != null) {
            methods.add(operation.method());
          }
        });
    throw methods.isEmpty()
        ? ApiErrorException.notFound(
            "There is no operation at this path, or the fake does not have it.")
        : ApiErrorException.methodNotAllowed(method, methods);
  }

  /** Takes a path apart. Klaviyo serves paths with and without a slash at their end. */
  private static String[] parts(String path) {
    return (path.endsWith("/") ? path.substring(0, path.length() - 1) : path).split("/", -1);
  }

  private static String resource(String[] parts) {
    return parts.length > 2 ? parts[2] : "";
  }

  /** Returns what stands where the template says id; {@code null} when the path does not match. */
  private static @Nullable String id(String[] template, String[] parts) {
    if (template.length != parts.length) {
      return null;
    }
    String id = "";
    for (int i = 0; i < parts.length; i++) {
      if (template[i].equals("{id}")) {
        id = decoded(parts[i]);
      } else if (!template[i].equals(parts[i])) {
        return null;
      }
    }
    return id;
  }

  private static String decoded(String part) {
    try {
      // In a path, unlike in a query, a + is a plus sign.
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ApiErrorException.invalid("/data", "The path is not percent-encoded correctly.");
    }
  }
}
