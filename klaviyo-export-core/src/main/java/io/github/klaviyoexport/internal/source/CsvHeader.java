package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.FieldNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The header of a CSV file: which column holds which field.
 *
 * <p>A column without a name, or with a name that another has too, holds no field. That is told
 * only to a mapping that asks for it.
 */
final class CsvHeader {
  private static final List<Character> DELIMITERS = List.of(';', '\t', ',', '|');

  /** A clause of a column. */
  static final String HEADED_BY_AN_ADDRESS =
      "headed by an email address: the first line must name the fields";

  /** The name of each column's field; {@code null} where it holds none. */
  private final @Nullable String[] names;

  /** The cells as they are told from others; none if an address is among them. */
  private final @Nullable String[] again;

  /** The columns that are headed by an email address, counted from 0. */
  private final List<Integer> addresses = new ArrayList<>();

  /** A column without a name that stands among others, counted from 0; -1 if there is none. */
  private final int nameless;

  private final FieldNames fields;
  private final NamesToChoose toChoose;

  /** Where the fields stand, in order; {@code null} if every column holds one. */
  private final int @Nullable [] columns;

  /** Creates the header that the cells of the first record are. */
  CsvHeader(List<@Nullable String> cells, char delimiter) {
    nameless = namelessAmongOthers(cells);
    names = new @Nullable String[cells.size()];
    Map<String, List<Integer>> alike = new LinkedHashMap<>();
    for (int column = 0; column < names.length; column++) {
      String cell = cells.get(column);
      String name = cell == null ? "" : InvisibleCharacters.strip(cell);
      // An address is kept nowhere: it must not get into a message.
      if (EmailShape.fits(name)) {
        addresses.add(column);
      } else if (!VisibleText.isBlank(name)) {
        alike.computeIfAbsent(name, none -> new ArrayList<>()).add(column);
      }
    }
    Map<String, String> unusable = new LinkedHashMap<>();
    alike.forEach((name, those) -> name(name, those, cells, unusable));
    int[] named =
        IntStream.range(0, names.length).filter(column -> names[column] != null).toArray();
    columns = named.length == names.length ? null : named;
    List<String> all = new ArrayList<>();
    for (String name : names) {
      if (name != null) {
        all.add(name);
      }
    }
    again =
        cells.stream()
            .limit(addresses.isEmpty() ? cells.size() : 0)
            .map(CsvHeader::bare)
            .toArray(String[]::new);
    String advice = advice(all, delimiter);
    fields = FieldNames.of(all).withRemarks(unusable, advice);
    toChoose = new NamesToChoose(all, unusable, advice);
  }

  /** Names the columns of which the names look the same, as far as they can be told apart. */
  private void name(
      String name, List<Integer> alike, List<@Nullable String> cells, Map<String, String> why) {
    if (alike.size() == 1) {
      names[alike.get(0)] = name;
      return;
    }
    Map<String, List<Integer>> same =
        alike.stream()
            .collect(
                Collectors.groupingBy(
                    column -> String.valueOf(cells.get(column)),
                    LinkedHashMap::new,
                    Collectors.toList()));
    if (same.size() > 1) {
      why.put(name, numbered(alike) + " are all called so but for characters that are invisible");
    }
    same.forEach(
        (exactly, those) -> {
          if (those.size() == 1) {
            names[those.get(0)] = exactly;
            why.remove(exactly);
          } else {
            why.put(exactly, numbered(those) + " have this name: name each once");
          }
        });
  }

  private static String numbered(List<Integer> columns) {
    return columns.stream()
        .map(column -> String.valueOf(column + 1))
        .collect(Collectors.joining(", ", "columns ", ""))
        .replaceFirst(", (\\d+)$", " and $1");
  }

  private String advice(List<String> all, char delimiter) {
    if (!addresses.isEmpty()) {
      return "Column " + (addresses.get(0) + 1) + " is " + HEADED_BY_AN_ADDRESS;
    }
    if (nameless >= 0) {
      return "Column "
          + (nameless + 1)
          + " has no name, and others after it do, as in the line of a customer: the first line must"
          + " name the fields";
    }
    for (char other : DELIMITERS) {
      long found = all.stream().flatMapToInt(String::chars).filter(c -> c == other).count();
      if (other != delimiter && found >= names.length) {
        String shown = other == '\t' ? "\\t" : String.valueOf(other);
        return "The header is "
            + (names.length == 1 ? "one field" : names.length + " fields")
            + " with '"
            + shown
            + "' in it, and the delimiter is said to be '"
            + (delimiter == '\t' ? "\\t" : delimiter)
            + "': if it is '"
            + shown
            + "', tell the source, delimiter('"
            + shown
            + "')";
      }
    }
    return "";
  }

  /**
   * Returns the first column without a name that stands among others, counted from 0, or -1. The
   * column of an index comes first, and what a delimiter too many makes comes last.
   */
  private static int namelessAmongOthers(List<@Nullable String> cells) {
    int first = -1;
    for (int column = 1; column < cells.size(); column++) {
      String cell = cells.get(column);
      if (cell != null && !InvisibleCharacters.strip(cell).isEmpty()) {
        if (first >= 0) {
          return first;
        }
      } else if (first < 0) {
        first = column;
      }
    }
    return -1;
  }

  /** Returns a cell without what is invisible around it, and without quotes behind a mark. */
  private static @Nullable String bare(@Nullable String cell) {
    if (cell == null) {
      return null;
    }
    String bare = InvisibleCharacters.strip(cell);
    if (bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"")) {
      bare = InvisibleCharacters.strip(bare.substring(1, bare.length() - 1));
    }
    return bare.isEmpty() ? null : bare;
  }

  /** Returns whether a record is this header again, as where files were joined. */
  boolean isAgain(@Nullable String[] record, int count) {
    if (count != again.length) {
      return false;
    }
    // The last cell tells most customers from it.
    for (int column = count - 1; column >= 0; column--) {
      if (!Objects.equals(bare(record[column]), again[column])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the names of the fields. */
  FieldNames fields() {
    return fields;
  }

  /** Returns how many columns there are. */
  int size() {
    return names.length;
  }

  /** Returns the column of a field, counted from 0, or -1. */
  int columnOf(String field) {
    return Arrays.asList(names).indexOf(field);
  }

  /** Returns which of the fields a column holds, counted from 0. */
  int fieldOf(int column) {
    return columns == null ? column : Arrays.binarySearch(columns, column);
  }

  /** Returns what a column is called in a message: its number from 1, and its name if it is one. */
  String shown(int column) {
    String name = column < names.length ? names[column] : null;
    boolean unsure = nameless >= 0 || !addresses.isEmpty();
    return name == null || unsure || NamesToChoose.mayBeValues(toChoose.names())
        ? "field " + (column + 1)
        : "field " + (column + 1) + " (" + VisibleText.quoted(name) + ")";
  }

  /** Returns the names, to choose from. */
  NamesToChoose toChoose() {
    return toChoose;
  }

  /** Returns the columns that are headed by an email address, counted from 0. */
  List<Integer> addresses() {
    return addresses;
  }

  /** Returns the values of the fields, of the values of all columns. */
  @Nullable Object[] valuesOf(@Nullable Object[] record) {
    if (columns == null) {
      return record;
    }
    @Nullable Object[] values = new @Nullable Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      values[i] = record[columns[i]];
    }
    return values;
  }
}
