package io.github.klaviyoexport.testkit.assertj;

import java.util.List;
import java.util.function.Function;

/** What differs from what was expected: counted, with a few examples. */
final class Difference {
  static final int EXAMPLES = 5;

  private final StringBuilder text = new StringBuilder();

  void add(String what, long count) {
    if (count > 0) {
      text.append("\n  ").append(count).append(' ').append(what);
    }
  }

  <T> void add(String what, List<T> those, Function<T, String> words) {
    add(what, those.size());
    those.stream().limit(EXAMPLES).forEach(one -> text.append("\n    ").append(words.apply(one)));
    if (those.size() > EXAMPLES) {
      text.append("\n    … and ").append(those.size() - EXAMPLES).append(" more");
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
