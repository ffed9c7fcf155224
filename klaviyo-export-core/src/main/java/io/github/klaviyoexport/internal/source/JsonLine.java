package io.github.klaviyoexport.internal.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object that a line of JSON is: names and values, in their order.
 *
 * <p>Numbers are exact: a {@code Long} or {@code BigInteger}, or a {@code BigDecimal} if they are
 * written with a point or an exponent.
 */
final class JsonLine {
  /** Deeper than any value that can be sent; a deeper one is not read, however deep it is. */
  private static final int MAX_DEPTH = 32;

  private static final Unreadable TOO_DEEP =
      Unreadable.because("nested more than " + MAX_DEPTH + " levels deep");
  private static final int MAX_DIGITS = 1_000;
  private static final Unreadable TOO_LARGE = Unreadable.because("a number that is too large");

  private static final String ENDS_EARLY = "the line ends in the middle of its JSON";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // Names are the data's: what is kept of them for all parsers must have a bound.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(TextLine.MAX_CHARS)
                  .maxNameLength(TextLine.MAX_CHARS)
                  .maxNumberLength(TextLine.MAX_CHARS)
                  .build())
          .build();

  private final List<String> names = new ArrayList<>();
  private final List<@Nullable Object> values = new ArrayList<>();
  private Charset charset = StandardCharsets.UTF_8;
  private boolean hasGap;

  /**
   * A line that is no object. Its message is a clause that follows the place, and quotes nothing.
   */
  static final class BadLine extends IOException {
    private static final long serialVersionUID = 1L;

    /** Whether the file was cut off in the line, most likely. */
    final boolean isCutOff;

    BadLine(String what, boolean isCutOff) {
      super(what);
      this.isCutOff = isCutOff;
    }

    private BadLine(String what) {
      this(what, false);
    }
  }

  /** Returns the names of the object last read. */
  List<String> names() {
    return names;
  }

  /** Returns the values of the object last read, in the order of their names. */
  List<@Nullable Object> values() {
    return values;
  }

  /**
   * Reads a line.
   *
   * @throws BadLine if it is no object
   */
  void read(TextLine line) throws BadLine {
    names.clear();
    values.clear();
    if (line.isTooLong()) {
      throw new BadLine(
          "the line has more than 4,000,000 characters: see that each customer is on a line of"
              + " their own");
    }
    charset = line.charset();
    hasGap = line.hasGap();
    try (JsonParser json = FACTORY.createParser(line.chars(), line.start(), line.length())) {
      object(json);
    } catch (BadLine bad) {
      throw bad;
    } catch (JsonEOFException cutOff) {
      throw new BadLine(ENDS_EARLY, !line.isTerminated());
    } catch (StreamConstraintsException tooDeep) {
      throw new BadLine("the line is nested more than 1,000 levels deep");
    } catch (JsonProcessingException noJson) {
      // Not passed on as the cause: its message quotes what it stumbled over.
      int column = column(noJson);
      throw isCutOff(line, column)
          ? new BadLine(ENDS_EARLY, true)
          : new BadLine("the line is no JSON from column " + column + " on");
    } catch (IOException none) {
      throw new IllegalStateException("There is nothing to read from.", none);
    }
  }

  /** Returns whether the file ends in a word or number that goes wrong: {@code tru}. */
  private static boolean isCutOff(TextLine line, int column) {
    int rest = line.start() + Math.min(column - 1, line.length());
    String token = new String(line.chars(), rest, line.start() + line.length() - rest);
    return !line.isTerminated() && token.matches("[A-Za-z0-9.+-]*");
  }

  private static int column(JsonProcessingException failure) {
    return failure.getLocation() == null ? 1 : Math.max(1, failure.getLocation().getColumnNr());
  }

  private void object(JsonParser json) throws IOException {
    JsonToken first = json.nextToken();
    if (first == JsonToken.START_ARRAY) {
      throw new BadLine(
          "the line begins a list, and each line must be the object of one customer: jq -c '.[]'"
              + " makes such lines of a list");
    }
    if (first != JsonToken.START_OBJECT) {
      throw new BadLine("the line is no object, and each line must be that of one customer");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      Object value = value(json, 1);
      // What has no name can be mapped by none.
      if (!name.isBlank()) {
        names.add(checked(name));
        values.add(value);
      }
    }
    if (json.nextToken() != null) {
      throw new BadLine(
          "the line goes on after its object: put each customer on a line of their own");
    }
  }

  private String checked(String name) throws BadLine {
    if (hasGap && hasGap(name)) {
      throw new BadLine("a name " + FileText.notText(charset));
    }
    return name;
  }

  private static boolean hasGap(String text) {
    return FileText.hasGap(text.toCharArray(), 0, text.length());
  }

  private @Nullable Object value(JsonParser json, int depth) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> text(json.getText());
      case VALUE_NUMBER_INT -> integer(json.getText());
      case VALUE_NUMBER_FLOAT -> number(json.getText());
      case START_ARRAY -> depth == MAX_DEPTH ? tooDeep(json) : list(json, depth + 1);
      case START_OBJECT -> depth == MAX_DEPTH ? tooDeep(json) : map(json, depth + 1);
      default -> throw new BadLine("the line is no JSON");
    };
  }

  private Object text(String text) {
    return hasGap && hasGap(text) ? Unreadable.because(FileText.notText(charset)) : text;
  }

  private static Object integer(String digits) {
    if (digits.length() > MAX_DIGITS) {
      return TOO_LARGE;
    }
    // Every number of 18 characters is a long, and some of 19 and 20.
    if (digits.length() <= 18) {
      return Long.parseLong(digits);
    }
    BigInteger exact = new BigInteger(digits);
    return exact.bitLength() < Long.SIZE ? (Object) exact.longValue() : exact;
  }

  private static Object number(String digits) {
    try {
      return digits.length() > MAX_DIGITS ? TOO_LARGE : new BigDecimal(digits);
    } catch (NumberFormatException beyond) {
      return TOO_LARGE;
    }
  }

  private static Unreadable tooDeep(JsonParser json) throws IOException {
    json.skipChildren();
    return TOO_DEEP;
  }

  private List<@Nullable Object> list(JsonParser json, int depth) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(json, depth));
    }
    return list;
  }

  private Map<String, @Nullable Object> map(JsonParser json, int depth) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = checked(json.currentName());
      json.nextToken();
      int before = map.size();
      map.put(name, value(json, depth));
      if (map.size() == before) {
        throw new BadLine("two values inside one field have the same name");
      }
    }
    return map;
  }
}
