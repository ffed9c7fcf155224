package io.github.klaviyoexport.profile;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A reader of conversions that are written as {@link Conversion#toString()} does. */
final class ConversionText {
  private final String text;
  private int at;

  ConversionText(String text) {
    this.text = text;
  }

  Conversion read() {
    Conversion whole = step();
    while (skipTo(',')) {
      whole = whole.then(step());
    }
    if (at < text.length()) {
      throw wrong("a comma or the end is expected");
    }
    return whole;
  }

  private Conversion step() {
    skipSpaces();
    int start = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start, at);
    if (!skipTo('(')) {
      throw wrong("a conversion such as date('dd.MM.yyyy') is expected");
    }
    List<String> arguments = new ArrayList<>();
    if (!skipTo(')')) {
      do {
        arguments.add(argument());
      } while (skipTo(','));
      if (!skipTo(')')) {
        throw wrong("a closing bracket is expected");
      }
    }
    try {
      return conversion(name, arguments);
    } catch (DateTimeException unknownZone) {
      throw wrong("its time zone is none: write one such as 'Europe/Helsinki'");
    }
  }

  private Conversion conversion(String name, List<String> arguments) {
    int count = arguments.size();
    if (name.equals("emptyWords")) {
      return Conversion.emptyWords(arguments.toArray(String[]::new));
    }
    if (name.equals("yesNo")) {
      return Conversion.yesNo(words(arguments, Conversion.YES), words(arguments, Conversion.NO));
    }
    return switch (name + count) {
      case "number0" -> Conversion.number();
      case "json0" -> Conversion.json();
      case "trim0" -> Conversion.trim();
      case "lowerCase0" -> Conversion.lowerCase();
      case "upperCase0" -> Conversion.upperCase();
      case "decimal1" -> Conversion.decimal(Locale.forLanguageTag(arguments.get(0)));
      case "date1" -> Conversion.date(arguments.get(0));
      case "dateTime2" -> Conversion.dateTime(arguments.get(0), ZoneId.of(arguments.get(1)));
      case "list1" -> Conversion.list(arguments.get(0));
      default -> throw wrong("there is no conversion " + name + " of " + count + " arguments");
    };
  }

  private Set<String> words(List<String> arguments, String ending) {
    Set<String> words = new LinkedHashSet<>();
    for (String argument : arguments) {
      if (argument.endsWith(ending)) {
        words.add(argument.substring(0, argument.length() - ending.length()));
      } else if (!argument.endsWith(Conversion.YES) && !argument.endsWith(Conversion.NO)) {
        throw wrong("a word of yesNo ends with =yes or =no");
      }
    }
    return words;
  }

  private String argument() {
    if (!skipTo('\'')) {
      throw wrong("text in quotes is expected");
    }
    StringBuilder argument = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\'') {
        argument.append(c);
      } else if (at < text.length() && text.charAt(at) == '\'') {
        argument.append(text.charAt(at++));
      } else {
        return argument.toString();
      }
    }
    throw wrong("a closing quote is expected");
  }

  private boolean skipTo(char expected) {
    skipSpaces();
    boolean found = at < text.length() && text.charAt(at) == expected;
    at += found ? 1 : 0;
    return found;
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "The conversion \""
            + text
            + "\" cannot be read at position "
            + (at + 1)
            + ": "
            + what
            + ".");
  }
}
