package io.github.klaviyoexport.testkit;

import java.time.Instant;

/** A list of the account. */
final class KlaviyoList {
  private final String id;
  private final String name;
  private final Instant created;
  private final Members members = new Members();

  KlaviyoList(String id, String name, Instant created) {
    this.id = id;
    this.name = name;
    this.created = created;
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  Instant created() {
    return created;
  }

  Members members() {
    return members;
  }
}
