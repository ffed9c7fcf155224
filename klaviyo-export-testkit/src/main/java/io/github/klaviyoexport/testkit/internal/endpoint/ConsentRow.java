package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Permission;
import io.github.klaviyoexport.testkit.internal.account.CustomerReference;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** One profile of a request that subscribes or unsubscribes; problems go to the body. */
final class ConsentRow {
  private static final String REQUIRED = "This field is required.";

  private final RequestBody body;
  private final Account account;
  private final String pointer;
  private final Set<Channel> channels = EnumSet.noneOf(Channel.class);
  private boolean badPhone;

  private ConsentRow(RequestBody body, Account account, String pointer) {
    this.body = body;
    this.account = account;
    this.pointer = pointer;
  }

  /**
   * Reads what a profile is to agree to, or no longer.
   *
   * @param pointer where it stands
   * @param consent what the request is for
   * @param fields the attributes that it may have
   */
  static ConsentRow read(
      RequestBody body, Account account, String pointer, Consent consent, Set<String> fields) {
    ConsentRow row = new ConsentRow(body, account, pointer);
    body.typed(pointer, "profile");
    if (body.object(row.at("")) && body.object(row.at("/subscriptions"))) {
      body.fields(row.at(""), "profile", fields);
      row.readChannels(consent);
      row.checkIdentifiers();
      row.checkDateOfBirth();
    }
    return row;
  }

  private String at(String attribute) {
    return pointer + "/attributes" + attribute;
  }

  private void readChannels(Consent consent) {
    String subscriptions = at("/subscriptions");
    body.only(subscriptions, Set.of("email", "sms", "whatsapp"));
    body.only(subscriptions + "/email", Set.of("marketing", "open_tracking"));
    body.only(subscriptions + "/sms", Set.of("marketing", "transactional"));
    body.only(
        subscriptions + "/whatsapp",
        // Conversations are begun by customers: they can end them here, not begin them.
        consent == Consent.SUBSCRIBED
            ? Set.of("marketing", "transactional")
            : Set.of("conversational", "marketing", "transactional"));
    for (Channel channel : Channel.values()) {
      String of = subscriptions + channel.pointer();
      if (body.has(of)) {
        channels.add(channel);
        if (!consent.name().equals(body.text(of + "/consent"))) {
          body.problem(of + "/consent", "The consent must be '" + consent + "'.");
        }
      }
    }
    if (channels.isEmpty()) {
      body.problem(subscriptions, "Consent to something is required.");
    }
  }

  private void checkIdentifiers() {
    CustomerReference customer = customer();
    if (customer.id() != null && account.profiles().number(customer.id()) < 0) {
      body.problem(pointer + "/id", "There is no profile of that id.");
    }
    if (customer.email() != null
        && !FieldRules.isEmail(customer.email(), account.unusualEmails())) {
      body.problem(at("/email"), "Invalid email address");
    }
    boolean byPhone =
        channels.stream().anyMatch(channel -> channel.identifier().equals("phone_number"));
    if (body.has(at("/phone_number")) && customer.phone() == null) {
      if (byPhone || customer.email() == null) {
        body.problem(at("/phone_number"), FieldRules.BAD_PHONE);
      } else {
        badPhone = true;
      }
    }
    if (customer.id() == null) {
      for (Channel channel : channels) {
        if (!body.has(at("/" + channel.identifier()))) {
          body.problem(at("/" + channel.identifier()), REQUIRED);
        }
      }
    }
  }

  private void checkDateOfBirth() {
    String date = body.text(at("/age_gated_date_of_birth"));
    try {
      if (date != null) {
        LocalDate.parse(date);
      }
    } catch (DateTimeParseException malformed) {
      body.problem(at("/age_gated_date_of_birth"), "Not a valid date.");
    }
  }

  /** Returns the customer that it is about, without a malformed phone number. */
  CustomerReference customer() {
    String phone = body.text(at("/phone_number"));
    return new CustomerReference(
        body.text(pointer + "/id"),
        body.text(at("/email")),
        phone == null || FieldRules.isPhone(phone) ? phone : null);
  }

  Set<Channel> channels() {
    return channels;
  }

  /** Returns whether a malformed phone number was left out. */
  boolean badPhone() {
    return badPhone;
  }

  /**
   * Returns when the customer has agreed; empty when it was just now.
   *
   * @param historical whether it must have been before
   */
  Optional<Instant> consentedAt(Channel channel, boolean historical) {
    String of = at("/subscriptions") + channel.pointer() + "/consented_at";
    String text = body.text(of);
    if (channel == Channel.OPEN_TRACKING) {
      body.fields(at("/subscriptions") + channel.pointer(), "open_tracking", Set.of("consent"));
      return Optional.empty();
    }
    if (text == null) {
      if (historical) {
        body.problem(of, "This field is required of a historical import.");
      }
      return Optional.empty();
    }
    if (!historical) {
      body.problem(of, "This field is only allowed in a historical import.");
      return Optional.empty();
    }
    try {
      Instant at = JsonValues.instant(text);
      if (!at.isBefore(account.now())) {
        body.problem(of, "The consent must have been given in the past.");
      } else if (isTakenBackAfter(at, channel)) {
        body.problem(of, "The consent is older than the last unsubscription.");
      }
      return Optional.of(at);
    } catch (DateTimeParseException malformed) {
      body.problem(of, "Not a valid time.");
      return Optional.empty();
    }
  }

  private boolean isTakenBackAfter(Instant at, Channel channel) {
    int number = account.find(customer());
    if (number < 0) {
      return false;
    }
    Permission now = account.consents().of(number, channel);
    return now.consent() == Consent.UNSUBSCRIBED && now.since() != null && at.isBefore(now.since());
  }
}
