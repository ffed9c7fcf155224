package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.Suppression;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What profiles have agreed to, and why some get no mail all the same.
 *
 * <p>It is kept in a few numbers a profile, and in none before a customer agrees to anything, so
 * that a million profiles fit into a small heap.
 */
public final class ConsentStore {
  private final Map<Channel, ConsentColumns> channels = new EnumMap<>(Channel.class);
  private final Map<Suppression, NumberColumn> suppressed = new EnumMap<>(Suppression.class);
  // Columns note their places; there are few different ones.
  private final List<String> sources = new ArrayList<>();

  /** What a customer can agree to. */
  public enum Channel {
    EMAIL("email", "marketing", "email"),
    SMS("sms", "marketing", "phone_number"),
    SMS_TRANSACTIONAL("sms", "transactional", "phone_number"),
    OPEN_TRACKING("email", "open_tracking", "email"),
    WHATSAPP("whatsapp", "marketing", "phone_number"),
    WHATSAPP_TRANSACTIONAL("whatsapp", "transactional", "phone_number"),
    WHATSAPP_CONVERSATIONAL("whatsapp", "conversational", "phone_number");

    private final String name;
    private final String kind;
    private final String identifier;

    Channel(String name, String kind, String identifier) {
      this.name = name;
      this.kind = kind;
      this.identifier = identifier;
    }

    /** Returns its place among the subscriptions of a profile, as a pointer. */
    public String pointer() {
      return "/" + name + "/" + kind;
    }

    /** Returns what is agreed to on the channel. */
    public String kind() {
      return kind;
    }

    /** Returns what a profile must have to be reached. */
    public String identifier() {
      return identifier;
    }
  }

  /**
   * What a profile has agreed to on a channel, or not.
   *
   * @param since when consent was given or taken back, as far as known
   * @param changed when that was told to Klaviyo
   * @param confirmed whether it was confirmed by a message
   * @param source where it comes from, in the words of the request
   */
  public record Permission(
      Consent consent,
      @Nullable Instant since,
      @Nullable Instant changed,
      boolean confirmed,
      @Nullable String source) {
    static final Permission NONE =
        new Permission(Consent.NEVER_SUBSCRIBED, null, null, false, null);
  }

  private static final class ConsentColumns {
    private static final int CONFIRMED = 4;

    // Milliseconds times eight, and the consent and whether it was confirmed in the low bits.
    private final NumberColumn since = new NumberColumn();
    private final NumberColumn changed = new NumberColumn();
    private final NumberColumn source = new NumberColumn();

    void put(int number, Consent consent, boolean confirmed, Instant at, Instant now, int from) {
      int low = consent.ordinal() + (confirmed ? CONFIRMED : 0);
      since.set(number, at.toEpochMilli() * 8 + low);
      changed.set(number, now.toEpochMilli());
      source.set(number, from);
    }

    void forget(int number) {
      since.set(number, 0);
    }

    Consent consent(int number) {
      return Consent.values()[(int) (since.get(number) & 3)];
    }
  }

  ConsentStore() {
    for (Channel channel : Channel.values()) {
      channels.put(channel, new ConsentColumns());
    }
    for (Suppression reason : Suppression.values()) {
      suppressed.put(reason, new NumberColumn());
    }
  }

  /** Returns what a profile has agreed to on a channel. */
  public Permission of(int number, Channel channel) {
    ConsentColumns columns = columns(channel);
    long packed = columns.since.get(number);
    if (packed == 0) {
      return Permission.NONE;
    }
    int source = (int) columns.source.get(number);
    return new Permission(
        columns.consent(number),
        Instant.ofEpochMilli(packed >> 3),
        Instant.ofEpochMilli(columns.changed.get(number)),
        (packed & ConsentColumns.CONFIRMED) != 0,
        source == 0 ? null : sources.get(source - 1));
  }

  /**
   * Notes that a customer has agreed. An agreement of before keeps its time; suppressions that the
   * customer or the account's users have brought about are lifted.
   *
   * @param at when the customer agreed
   */
  public void subscribe(
      int number,
      Channel channel,
      boolean confirmed,
      Instant at,
      Instant now,
      @Nullable String source) {
    ConsentColumns columns = columns(channel);
    if (columns.consent(number) != Consent.SUBSCRIBED) {
      columns.put(number, Consent.SUBSCRIBED, confirmed, at, now, place(source));
    }
    if (channel == Channel.EMAIL) {
      lift(number, Suppression.UNSUBSCRIBE);
      lift(number, Suppression.SPAM_COMPLAINT);
      lift(number, Suppression.USER_SUPPRESSED);
    }
  }

  private int place(@Nullable String source) {
    if (source == null) {
      return 0;
    }
    if (!sources.contains(source)) {
      sources.add(source);
    }
    return sources.indexOf(source) + 1;
  }

  /** Notes that a customer has taken consent back, or never had given it. */
  public void unsubscribe(int number, Channel channel, Instant now) {
    columns(channel).put(number, Consent.UNSUBSCRIBED, false, now, now, 0);
    if (channel == Channel.EMAIL) {
      suppress(number, Suppression.UNSUBSCRIBE, now);
    }
  }

  /** Keeps mail from a profile; a reason that is there already keeps its time. */
  public void suppress(int number, Suppression reason, Instant now) {
    NumberColumn column = column(reason);
    if (column.get(number) == 0) {
      column.set(number, now.toEpochMilli());
    }
  }

  /** Takes a reason for which a profile gets no mail away, if it is there. */
  public void lift(int number, Suppression reason) {
    column(reason).set(number, 0);
  }

  /** Returns why a profile gets no mail, and since when; empty when it does get mail. */
  public Map<Suppression, Instant> suppressions(int number) {
    Map<Suppression, Instant> reasons = new EnumMap<>(Suppression.class);
    suppressed.forEach(
        (reason, column) -> {
          if (column.get(number) != 0) {
            reasons.put(reason, Instant.ofEpochMilli(column.get(number)));
          }
        });
    return reasons;
  }

  void forget(int number) {
    channels.values().forEach(columns -> columns.forget(number));
    suppressed.values().forEach(column -> column.set(number, 0));
  }

  private ConsentColumns columns(Channel channel) {
    return Objects.requireNonNull(channels.get(channel), "there is one of each");
  }

  private NumberColumn column(Suppression reason) {
    return Objects.requireNonNull(suppressed.get(reason), "there is one of each");
  }
}
