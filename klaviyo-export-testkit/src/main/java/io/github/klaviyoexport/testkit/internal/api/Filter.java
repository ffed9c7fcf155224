package io.github.klaviyoexport.testkit.internal.api;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A parsed filter: conditions that must all hold.
 *
 * <p>The grammar: {@code equals(name,"VIP")}, {@code any(email,["a@shop.example"])}, {@code
 * greater-than(created,2026-01-01T00:00:00Z)}; several joined by a comma or inside {@code and(…)};
 * texts in single or double quotes with backslash escapes.
 */
public final class Filter {
  static final Filter NONE = new Filter(List.of());

  private static final int MOST_OF_ANY = 100;

  private final List<Condition> conditions;

  /** One comparison; more than one value only with {@code any}. */
  public record Condition(String operator, String field, List<String> values) {
    public String value() {
      return values.get(0);
    }

    /** Returns whether a time stands to the value as the operator says. */
    public boolean compares(Instant time) {
      int order = time.compareTo(time());
      return switch (operator) {
        case "greater-than" -> order > 0;
        case "greater-or-equal" -> order >= 0;
        case "less-than" -> order < 0;
        default -> order <= 0;
      };
    }

    /** Returns the value as the time it must be. */
    public Instant time() {
      try {
        return JsonValues.instant(value());
      } catch (DateTimeParseException malformed) {
        throw ApiErrorException.invalidParameter(
            "filter", "'" + field + "' is compared with a time in ISO 8601 form.");
      }
    }
  }

  private Filter(List<Condition> conditions) {
    this.conditions = conditions;
  }

  /** Returns the conditions, all of which must hold. */
  public List<Condition> conditions() {
    return conditions;
  }

  /**
   * Checks that this filter compares a field with these values only, and returns it.
   *
   * @throws ApiErrorException if it does not
   */
  public Filter allows(String field, Set<String> values) {
    for (Condition condition : conditions) {
      for (String value : condition.values()) {
        if (condition.field().equals(field) && !values.contains(value)) {
          throw ApiErrorException.invalidParameter(
              "filter", "'" + value + "' is not a valid value of '" + field + "'.");
        }
      }
    }
    return this;
  }

  /**
   * Reads a filter, decoded from the query.
   *
   * @param allowed the operators of each field
   */
  static Filter parse(String text, Map<String, Set<String>> allowed) {
    Parser parser = new Parser(text, allowed);
    return new Filter(List.copyOf(parser.all()));
  }

  private static final class Parser {
    private final String text;
    private final Map<String, Set<String>> allowed;
    private final List<Condition> found = new ArrayList<>();
    private int at;

    Parser(String text, Map<String, Set<String>> allowed) {
      this.text = text;
      this.allowed = allowed;
    }

    List<Condition> all() {
      conditions();
      if (at < text.length()) {
        throw malformed();
      }
      return found;
    }

    private void conditions() {
      do {
        condition();
      } while (take(','));
    }

    private void condition() {
      String operator = word();
      expect('(');
      if (operator.equals("and")) {
        conditions();
      } else {
        String field = word();
        expect(',');
        skipSpace();
        boolean list = at < text.length() && text.charAt(at) == '[';
        List<String> values = values();
        if (!allowed.containsKey(field)) {
          throw ApiErrorException.invalidParameter(
              "filter", "'" + field + "' is not a filterable field.");
        }
        if (!allowed.get(field).contains(operator)) {
          throw ApiErrorException.invalidParameter(
              "filter", "'" + operator + "' is not allowed for the field '" + field + "'.");
        }
        if (operator.equals("any") && !list) {
          throw ApiErrorException.invalidParameter(
              "filter", "'any' compares '" + field + "' with a list of values in brackets.");
        }
        if (values.isEmpty()) {
          throw malformed();
        }
        int most = operator.equals("any") ? MOST_OF_ANY : 1;
        if (values.size() > most) {
          throw ApiErrorException.invalidParameter(
              "filter",
              "'%s' compares '%s' with %s at most, not with %s."
                  .formatted(operator, field, most == 1 ? "one value" : most, values.size()));
        }
        found.add(new Condition(operator, field, values));
      }
      expect(')');
    }

    private List<String> values() {
      List<String> values = new ArrayList<>();
      if (take('[')) {
        if (!take(']')) {
          do {
            values.add(value());
          } while (take(','));
          expect(']');
        }
      } else {
        values.add(value());
      }
      return List.copyOf(values);
    }

    private String value() {
      skipSpace();
      if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
        return quoted(text.charAt(at++));
      }
      int start = at;
      while (at < text.length() && ",)]".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String bare = text.substring(start, at).strip();
      // Words must be quoted; times, numbers and booleans stand bare.
      if (bare.isEmpty() || !(Character.isDigit(bare.charAt(0)) || isBoolean(bare))) {
        throw malformed();
      }
      return bare;
    }

    private static boolean isBoolean(String bare) {
      return bare.equals("true") || bare.equals("false");
    }

    private String quoted(char quote) {
      StringBuilder value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != quote) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      if (at == text.length()) {
        throw malformed();
      }
      at++;
      return value.toString();
    }

    private String word() {
      skipSpace();
      int start = at;
      while (at < text.length() && isWordCharacter(text.charAt(at))) {
        at++;
      }
      if (at == start) {
        throw malformed();
      }
      return text.substring(start, at);
    }

    private static boolean isWordCharacter(char c) {
      return (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
    }

    private void expect(char c) {
      if (!take(c)) {
        throw malformed();
      }
    }

    private boolean take(char c) {
      skipSpace();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void skipSpace() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }

    private ApiErrorException malformed() {
      return ApiErrorException.invalidParameter(
          "filter", "The filter is malformed at character " + (at + 1) + ".");
    }
  }
}
