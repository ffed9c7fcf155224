package io.github.klaviyoexport.testkit.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The parameters of a call, checked as they are asked for. */
public final class Query {
  private static final String CURSOR = "page[cursor]";
  private static final String CURSOR_MARK = "next::";
  private static final String PAGE_SIZE = "page[size]";
  // What Klaviyo documents and the fake has not.
  private static final String ABSENT = "predictive_analytics";

  private final ApiRequest call;
  private final Map<String, String> parameters;

  /**
   * Reads the parameters of a call.
   *
   * @param known the names that the operation takes; any other is refused
   */
  public Query(ApiRequest call, String... known) {
    this.call = call;
    List<String> names = List.of(known);
    this.parameters = call.parameters();
    for (String name : parameters.keySet()) {
      if (!names.contains(name)) {
        throw ApiErrorException.invalidParameter(
            name, "'" + name + "' is not a valid parameter of this operation.");
      }
    }
  }

  /** Returns a parameter as it stands; {@code null} when it is not given. */
  public @Nullable String text(String name) {
    return parameters.get(name);
  }

  /**
   * Reads how many things a page is to hold.
   *
   * @param usual how many when the call does not say
   */
  public int pageSize(int usual, int most) {
    String text = parameters.get(PAGE_SIZE);
    if (text == null) {
      return usual;
    }
    try {
      int size = Integer.parseInt(text);
      if (size >= 1 && size <= most) {
        return size;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, as any other wrong size.
    }
    throw ApiErrorException.invalidParameter(
        PAGE_SIZE, "The page size must be an integer between 1 and " + most + ".");
  }

  /**
   * Returns where the page begins, as {@link #links} wrote it; the first page begins at {@code
   * first}.
   */
  public int cursor(int first) {
    String text = parameters.get(CURSOR);
    if (text == null) {
      return first;
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      int place =
          plain.startsWith(CURSOR_MARK)
              ? Integer.parseInt(plain.substring(CURSOR_MARK.length()))
              : -1;
      if (place >= 0) {
        return place;
      }
    } catch (IllegalArgumentException notOurs) {
      // Refused below.
    }
    throw ApiErrorException.invalidParameter(CURSOR, "Invalid cursor.");
  }

  /**
   * Returns the links of a page; {@code next} is the cursor of the page that follows, if one does.
   */
  public ObjectNode links(OptionalInt next) {
    ObjectNode links = JsonValues.object();
    links.put("self", call.url());
    if (next.isPresent()) {
      String cursor = CURSOR_MARK + next.getAsInt();
      Map<String, String> following = new LinkedHashMap<>(parameters);
      following.put(
          CURSOR,
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(cursor.getBytes(StandardCharsets.US_ASCII)));
      links.put(
          "next",
          call.origin()
              + call.path()
              + following.entrySet().stream()
                  .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                  .collect(Collectors.joining("&", "?", "")));
    } else {
      links.putNull("next");
    }
    links.putNull("prev");
    return links;
  }

  /** Answers with a page of things that are counted from 0. */
  public ApiResponse page(int total, int size, IntFunction<ObjectNode> resource) {
    return page(total, size, false, resource);
  }

  /**
   * Answers with a page of things that are counted from 0.
   *
   * @param including whether related resources are to come along, of which there are none
   */
  public ApiResponse page(
      int total, int size, boolean including, IntFunction<ObjectNode> resource) {
    int from = Math.min(cursor(0), total);
    int to = (int) Math.min((long) from + size, total);
    ObjectNode body = JsonValues.object();
    ArrayNode data = body.putArray("data");
    IntStream.range(from, to).mapToObj(resource).forEach(data::add);
    if (including) {
      body.putArray("included");
    }
    body.set("links", links(to < total ? OptionalInt.of(to) : OptionalInt.empty()));
    return ApiResponse.json(200, body);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Reads the filter.
   *
   * @param allowed the operators that each field may be compared by
   */
  public Filter filter(Map<String, Set<String>> allowed) {
    String text = parameters.get("filter");
    return text == null ? Filter.NONE : Filter.parse(text, allowed);
  }

  /** Returns the wanted order, one of {@code allowed}; the first of them when none is asked for. */
  public String sort(String... allowed) {
    String wanted = parameters.getOrDefault("sort", allowed[0]);
    if (!List.of(allowed).contains(wanted)) {
      throw ApiErrorException.invalidParameter("sort", "'" + wanted + "' is not a valid sort.");
    }
    return wanted;
  }

  /** Returns the values of a parameter that takes several, each one of {@code allowed}. */
  public Set<String> choices(String name, Set<String> allowed) {
    String text = parameters.get(name);
    if (text == null) {
      return Set.of();
    }
    Set<String> chosen = new LinkedHashSet<>(List.of(text.split(",")));
    for (String choice : chosen) {
      if (choice.startsWith(ABSENT)) {
        throw ApiErrorException.invalidParameter(
            name, "'" + choice + "' is Klaviyo's, and not known to this fake.");
      }
      if (!allowed.contains(choice)) {
        throw ApiErrorException.invalidParameter(
            name, "'" + choice + "' is not a valid value of " + name + ".");
      }
    }
    return chosen;
  }

  /**
   * Returns the fields that {@code fields[type]} asks for, each one of {@code known}; all by
   * default.
   */
  public Fieldset fieldset(String type, Set<String> known) {
    String name = "fields[" + type + "]";
    return new Fieldset(parameters.containsKey(name) ? choices(name, known) : null);
  }
}
