package io.github.klaviyoexport.javadoc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A region of a source file between {@code // @start} and {@code // @end}, as Javadoc shows it from
 * JDK 18 on: of its markup, {@code @replace} is followed.
 */
final class SnippetRegion {
  private static final Pattern START = Pattern.compile("// *@start +region=\"([\\w-]+)\"");
  private static final Pattern END = Pattern.compile("// *@end\\b");
  private static final Pattern REPLACE = Pattern.compile("\\s*// *@replace +(.*)$");
  private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|'([^']*)')");

  private SnippetRegion() {}

  /** Returns the text of a region, without the indentation that all its lines share. */
  static String in(String source, String region) {
    List<String> lines = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>();
    boolean found = false;
    String ofNextLine = "";
    for (String line : source.lines().toList()) {
      Matcher start = START.matcher(line);
      Matcher replace = REPLACE.matcher(line);
      if (start.find()) {
        open.push(start.group(1));
        found |= start.group(1).equals(region);
      } else if (END.matcher(line).find()) {
        open.pop();
      } else if (!open.contains(region)) {
        continue;
      } else if (replace.find() && line.endsWith(":")) {
        ofNextLine = replace.group(1);
      } else if (!ofNextLine.isEmpty()) {
        lines.add(replaced(line, ofNextLine));
        ofNextLine = "";
      } else if (replace.find(0)) {
        lines.add(replaced(line.substring(0, replace.start()), replace.group(1)));
      } else {
        lines.add(line);
      }
    }
    if (!found) {
      throw new IllegalArgumentException("There is no region " + region);
    }
    return String.join("\n", lines).stripIndent().strip() + "\n";
  }

  private static String replaced(String line, String attributes) {
    String pattern = "";
    String replacement = "";
    Matcher attribute = ATTRIBUTE.matcher(attributes);
    while (attribute.find()) {
      String value = attribute.group(2) == null ? attribute.group(3) : attribute.group(2);
      switch (attribute.group(1)) {
        case "regex" -> pattern = value;
        case "substring" -> pattern = Pattern.quote(value);
        case "replacement" -> replacement = value;
        default -> throw new IllegalArgumentException("Not known of @replace: " + attributes);
      }
    }
    return line.replaceAll(pattern, replacement);
  }
}
