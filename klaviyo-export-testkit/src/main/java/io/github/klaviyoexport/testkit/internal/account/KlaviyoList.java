package io.github.klaviyoexport.testkit.internal.account;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A list of the account. */
public final class KlaviyoList {
  private final String id;
  private final Instant created;
  private final Members members = new Members();
  private final NumberColumn unsubscribed = new NumberColumn();
  private final PastCounts counts = new PastCounts();
  // By email address in lower case.
  private final Map<String, Agreement> awaited = new LinkedHashMap<>();
  private String name;
  private OptIn optIn;
  private Instant updated;

  /** What it takes to be subscribed through a list. */
  public enum OptIn {
    /** Asking for it. */
    SINGLE("single_opt_in"),
    /** Asking for it, and confirming that by a message. */
    DOUBLE("double_opt_in");

    private final String text;

    OptIn(String text) {
      this.text = text;
    }

    /** Returns Klaviyo's word for it. */
    public String text() {
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

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public OptIn optIn() {
    return optIn;
  }

  public Instant created() {
    return created;
  }

  /** Returns when name or opt-in process last changed; members come and go without it. */
  public Instant updated() {
    return updated;
  }

  /** Changes name and opt-in process. */
  public void change(String newName, OptIn newOptIn, Instant now) {
    name = newName;
    optIn = newOptIn;
    updated = now;
  }

  public Members members() {
    return members;
  }

  PastCounts counts() {
    return counts;
  }

  /** Returns when profiles were unsubscribed from this list, in milliseconds; 0 for all others. */
  public NumberColumn unsubscribed() {
    return unsubscribed;
  }

  /** Lets go of a profile that is deleted. */
  void forget(int number) {
    members.remove(number);
    unsubscribed.set(number, 0);
  }

  /** Notes what a customer is to confirm. */
  void await(Agreement agreement) {
    String email = agreement.customer().email();
    if (email != null) {
      awaited.put(email.toLowerCase(Locale.ROOT), agreement);
    }
  }

  /** Takes out what was to be confirmed under that email address; empty when nothing was. */
  Optional<Agreement> confirmed(String email) {
    return Optional.ofNullable(awaited.remove(email.toLowerCase(Locale.ROOT)));
  }
}
