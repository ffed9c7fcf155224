package io.github.klaviyoexport.testkit;

import java.time.Instant;

/** A list of the account. */
final class KlaviyoList {
  private final String id;
  private final Instant created;
  private final Members members = new Members();
  private String name;
  private OptIn optIn;
  private Instant updated;

  /** What it takes to be subscribed through a list. */
  enum OptIn {
    /** Asking for it. */
    SINGLE("single_opt_in"),
    /** Asking for it, and confirming that by a message. */
    DOUBLE("double_opt_in");

    private final String text;

    OptIn(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  KlaviyoList(String id, String name, OptIn optIn, Instant created) {
    this.id = id;
    this.name = name;
    this.optIn = optIn;
    this.created = created;
    this.updated = created;
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  OptIn optIn() {
    return optIn;
  }

  Instant created() {
    return created;
  }

  /** When name or opt-in process last changed; members come and go without it. */
  Instant updated() {
    return updated;
  }

  void change(String newName, OptIn newOptIn, Instant now) {
    name = newName;
    optIn = newOptIn;
    updated = now;
  }

  Members members() {
    return members;
  }
}
