package io.github.klaviyoexport.internal.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One error of a JSON:API answer: its code, what it points at, and its id for Klaviyo's support.
 *
 * <p>Titles and details are not kept: their wording changes without notice, and they may quote what
 * was sent.
 */
public record ApiError(@Nullable String code, @Nullable String id, String pointer) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern ROW =
      Pattern.compile("/data/attributes/profiles/data/(\\d{1,6})(?:/(.*))?", Pattern.DOTALL);
  private static final Pattern FIELD = Pattern.compile("attributes/(.+?)/?", Pattern.DOTALL);

  /** Returns the errors of an answer; none when it has no such form. */
  static List<ApiError> of(@Nullable JsonNode body) {
    List<ApiError> errors = new ArrayList<>();
    if (body != null) {
      for (JsonNode error : body.path("errors")) {
        errors.add(
            new ApiError(
                word(error.path("code")),
                word(error.path("id")),
                error.path("source").path("pointer").asText("")));
      }
    }
    return errors;
  }

  /** Returns a value if it looks like a code or an id of Klaviyo's; else {@code null}. */
  public static @Nullable String word(JsonNode node) {
    String text = node.asText("");
    return WORD.matcher(text).matches() ? text : null;
  }

  /** Returns the row of the sent batch that the error points at, counted from 0. */
  public OptionalInt row() {
    Matcher matcher = ROW.matcher(pointer);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /**
   * Returns the attribute of that row that the error points at, {@code location/city} for example;
   * {@code null} if it points at none.
   */
  public @Nullable String attribute() {
    Matcher row = ROW.matcher(pointer);
    if (!row.matches() || row.group(2) == null) {
      return null;
    }
    Matcher field = FIELD.matcher(row.group(2));
    return field.matches() ? field.group(1) : null;
  }

  /** Returns the code only: a pointer may hold whatever was sent. */
  @Override
  public String toString() {
    return "ApiError[" + code + "]";
  }
}
