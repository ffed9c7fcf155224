package io.github.klaviyoexport.internal.page;

import io.github.klaviyoexport.internal.text.InWords;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of a page. One of many columns shows its rows one below the other where a screen is
 * narrow.
 */
public final class Table {
  private static final int COLUMNS_SIDE_BY_SIDE = 3;

  private final String caption;
  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();
  private int most = Integer.MAX_VALUE;
  private String rest = "";

  private enum Kind {
    WORDS,
    SHORT,
    NAME,
    NUMBER
  }

  private record Column(String heading, Kind kind) {}

  /**
   * Creates a table without columns.
   *
   * @param caption what it tells, for those who hear the page
   */
  public Table(String caption) {
    this.caption = caption;
  }

  /** Adds a column of words of ours. */
  public Table words(String heading) {
    columns.add(new Column(heading, Kind.WORDS));
    return this;
  }

  /** Adds a column of a word or two of ours, which stay on one line. */
  public Table shortWords(String heading) {
    columns.add(new Column(heading, Kind.SHORT));
    return this;
  }

  /** Adds a column of names from outside. */
  public Table names(String heading) {
    columns.add(new Column(heading, Kind.NAME));
    return this;
  }

  /** Adds a column of numbers. */
  public Table numbers(String heading) {
    columns.add(new Column(heading, Kind.NUMBER));
    return this;
  }

  /**
   * Shows so many rows at most, and says beneath how many more there are.
   *
   * @param rest where the rest is to be found, as a clause; may be empty
   */
  public Table atMost(int rows, String rest) {
    this.most = rows;
    this.rest = rest;
    return this;
  }

  /** Adds a row: a text or a number for each column. The first cell is the row's heading. */
  public Table row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException("A row needs a cell for each column.");
    }
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(cell instanceof Number number ? InWords.number(number.longValue()) : cell.toString());
    }
    rows.add(row);
    return this;
  }

  /** Writes the table. */
  public void writeTo(Markup to) {
    boolean stacks = columns.size() > COLUMNS_SIDE_BY_SIDE;
    // Rows that are shown as blocks are no table to those who hear the page, unless said so.
    if (stacks) {
      to.open("table", "class", "stacks", "role", "table");
    } else {
      to.open("table");
    }
    to.element("caption", caption);
    to.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (Column column : columns) {
      to.element(
          "th", column.heading(), "scope", "col", "role", "columnheader", "class", css(column));
    }
    to.close().close().open("tbody", "role", "rowgroup");
    for (List<String> row : rows.subList(0, Math.min(most, rows.size()))) {
      to.open("tr", "role", "row");
      for (int i = 0; i < row.size(); i++) {
        Column column = columns.get(i);
        if (i == 0) {
          to.open("th", "scope", "row", "role", "rowheader", "class", css(column));
        } else {
          to.open("td", "role", "cell", "class", css(column), "data-label", column.heading());
        }
        if (column.kind() == Kind.NAME) {
          to.name(row.get(i));
        } else {
          to.text(row.get(i));
        }
        to.close();
      }
      to.close();
    }
    to.close().closeLine();
    if (rows.size() > most) {
      String more = "And " + InWords.number(rows.size() - most) + " more";
      to.element("p", more + (rest.isEmpty() ? "." : ": " + rest + "."), "class", "more");
    }
  }

  private static String css(Column column) {
    return switch (column.kind()) {
      case WORDS -> "words";
      case SHORT -> "short";
      case NAME -> "name";
      case NUMBER -> "number";
    };
  }
}
