package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import java.util.List;
import java.util.function.Function;

/** What differs from what was expected: counted, with a few examples. */
final class Difference {
  static final int EXAMPLES = 5;

  private final StringBuilder text = new StringBuilder();

  /** Adds so many of what is called the same for one and for several, such as {@code missing}. */
  void add(String what, long count) {
    add(what, what, count);
  }

  /** Adds so many of what has another name for one than for several. */
  void add(String one, String many, long count) {
    if (count > 0) {
      text.append("\n  ").append(InWords.count(count, one, many));
    }
  }

  /** Adds what counts itself. */
  void add(String line) {
    text.append("\n  ").append(line);
  }

  <T> void add(String what, List<T> those, Function<T, String> words) {
    add(what, what, those, words);
  }

  <T> void add(String one, String many, List<T> those, Function<T, String> words) {
    add(one, many, those.size());
    those.stream().limit(EXAMPLES).forEach(it -> text.append("\n    ").append(words.apply(it)));
    if (those.size() > EXAMPLES) {
      text.append("\n    … and ").append(InWords.number(those.size() - EXAMPLES)).append(" more");
    }
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  /** Returns lines, each begun by a line break. */
  @Override
  public String toString() {
    return text.toString();
  }
}
