package io.github.klaviyoexport.internal.source.jdbc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query as its author wrote it, with a parameter wherever the segment's name goes.
 *
 * @param sql the query as JDBC takes it, without a semicolon at its end
 * @param names how many of its parameters are the segment's name; it has no others
 */
public record SegmentQuery(String sql, int names) {
  /** What is passed over as it stands, and the few things that mean something outside of it. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<verbatim>'[^']*'|\"[^\"]*\"|`[^`]*`|--[^\r\n]*|/\\*.*?\\*/"
              + "|\\$(?<tag>[A-Za-z_][A-Za-z0-9_]*|)\\$.*?\\$\\k<tag>\\$|::|\\?\\?)"
              + "|(?<name>:segment(?![A-Za-z0-9_$]))|(?<nearly>(?<=[\\s=(,<>]):(?i:seg)[A-Za-z0-9_$]*)"
              + "|(?<other>\\?)|(?<end>;)",
          Pattern.DOTALL);

  /** White space, comments and further semicolons. */
  private static final Pattern NOTHING =
      Pattern.compile("([\\s;]|--[^\r\n]*|/\\*.*?\\*/)*", Pattern.DOTALL);

  /**
   * Reads a query.
   *
   * @param text SQL, with {@code :segment} where the segment's name goes, if it does
   * @throws IllegalArgumentException if it is blank, has another parameter or is several statements
   */
  public static SegmentQuery of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "The query is blank: pass one such as select id, email from customers.");
    }
    StringBuilder sql = new StringBuilder(text.length());
    Matcher token = TOKEN.matcher(text);
    int names = 0;
    int read = 0;
    while (token.find()) {
      sql.append(text, read, token.start());
      read = token.end();
      if (token.group("name") != null) {
        sql.append('?');
        names++;
      } else if (token.group("other") != null) {
        throw new IllegalArgumentException(
            "The query has a parameter '?', and nothing is known to put there: write :segment where"
                + " the segment's name goes, and ?? for an operator that is a question mark.");
      } else if (token.group("nearly") != null) {
        throw new IllegalArgumentException(
            "The query has '"
                + token.group("nearly")
                + "': write :segment, in small letters, where the segment's name goes. If it is no"
                + " parameter, put a space behind its colon.");
      } else if (token.group("end") == null) {
        sql.append(token.group());
      } else if (!NOTHING.matcher(text).region(read, text.length()).matches()) {
        throw new IllegalArgumentException(
            "The query has a semicolon in its middle: pass one statement.");
      }
    }
    return new SegmentQuery(sql.append(text, read, text.length()).toString().strip(), names);
  }

  /** Returns whether the segment's name is part of it. */
  public boolean namesSegment() {
    return names > 0;
  }
}
