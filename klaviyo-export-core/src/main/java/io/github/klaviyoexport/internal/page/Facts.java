package io.github.klaviyoexport.internal.page;

import io.github.klaviyoexport.internal.text.InWords;
import java.util.ArrayList;
import java.util.List;

/** A few figures side by side, each under its name. */
public final class Facts {
  private final List<String[]> facts = new ArrayList<>();

  /** Adds a figure in words. */
  public Facts fact(String name, String words) {
    facts.add(new String[] {name, words});
    return this;
  }

  /** Adds a number. */
  public Facts fact(String name, long number) {
    return fact(name, InWords.number(number));
  }

  /** Writes the figures. */
  public void writeTo(Markup to) {
    to.open("dl");
    for (String[] fact : facts) {
      to.open("div").element("dt", fact[0]).element("dd", fact[1]).close();
    }
    to.closeLine();
  }
}
