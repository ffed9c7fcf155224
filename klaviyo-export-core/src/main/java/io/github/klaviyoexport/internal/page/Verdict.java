package io.github.klaviyoexport.internal.page;

import java.util.List;

/**
 * What a page has to say first: one word, one sentence, and what to do next.
 *
 * @param tone {@link Tone#GOOD}, {@link Tone#OPEN} or {@link Tone#BAD}
 * @param word how it went, in a word or two
 * @param said how it went, in a sentence
 * @param next what to do, each in a sentence
 */
public record Verdict(Tone tone, String word, String said, List<String> next) {
  /** Copies what it is given. */
  public Verdict {
    next = List.copyOf(next);
  }

  /** Writes it. */
  public void writeTo(Markup to) {
    to.open("div", "class", "verdict " + tone.css());
    to.element("p", word, "class", "word").element("p", said, "class", "said");
    if (next.size() == 1) {
      to.element("p", next.get(0), "class", "next");
    } else if (!next.isEmpty()) {
      to.open("ul");
      next.forEach(step -> to.element("li", step));
      to.close();
    }
    to.closeLine();
  }
}
