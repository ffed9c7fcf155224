package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList.OptIn;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What subscribing and unsubscribing does to profiles and lists. */
public final class Subscriptions {
  private final Account account;

  /** Opens an account to subscriptions. */
  public Subscriptions(Account account) {
    this.account = account;
  }

  /** Subscribes a customer, or has it wait for being confirmed. */
  public void subscribe(Agreement agreement, @Nullable KlaviyoList list, Instant now) {
    OptIn optIn = list == null ? account.optIn() : list.optIn();
    if (optIn == OptIn.SINGLE || agreement.historical()) {
      enter(agreement, list, false, now);
    } else if (list != null) {
      list.await(agreement);
    }
    // Without a list the message cannot be followed here, and nothing comes of it.
  }

  /**
   * Subscribes a customer that waits to be confirmed under that email address; returns whether one
   * did.
   */
  public boolean confirm(KlaviyoList list, String email, Instant now) {
    Optional<Agreement> awaited = list.confirmed(email);
    awaited.ifPresent(agreement -> enter(agreement, list, true, now));
    return awaited.isPresent();
  }

  private void enter(
      Agreement agreement, @Nullable KlaviyoList list, boolean confirmed, Instant now) {
    int number = entered(agreement.customer(), now);
    agreement
        .channels()
        .forEach(
            (channel, at) ->
                account
                    .consents()
                    .subscribe(
                        number, channel, confirmed, at.orElse(now), now, agreement.source()));
    // Consent to being tracked is the profile's alone.
    boolean joins = !agreement.channels().keySet().equals(Set.of(Channel.OPEN_TRACKING));
    if (list != null && joins) {
      list.members().add(number, now);
      list.unsubscribed().set(number, 0);
    }
  }

  /** Returns the number of the customer's profile, after making it or giving it what it lacks. */
  private int entered(CustomerReference customer, Instant now) {
    ProfileStore profiles = account.profiles();
    int number = account.find(customer);
    ObjectNode has = number < 0 ? JsonValues.object() : profiles.attributes(number);
    ObjectNode lacks = JsonValues.object();
    if (!has.has("email") && profiles.find(Identifier.EMAIL, customer.email()) < 0) {
      lacks.put("email", customer.email());
    }
    if (!has.has("phone_number") && profiles.find(Identifier.PHONE, customer.phone()) < 0) {
      lacks.put("phone_number", customer.phone());
    }
    ObjectNode sent = JsonValues.object();
    sent.set("attributes", lacks);
    if (number < 0) {
      return account.make(sent, now);
    }
    account.change(number, sent, false, now);
    return number;
  }

  /**
   * Unsubscribes a customer from a list, or from everything: without a list, and also when the
   * customer is no member of the list that is given.
   */
  public void unsubscribe(
      CustomerReference customer, Set<Channel> channels, @Nullable KlaviyoList list, Instant now) {
    int number = account.find(customer);
    if (number < 0) {
      return;
    }
    if (list != null && list.members().place(number) >= 0) {
      list.members().remove(number);
      list.unsubscribed().set(number, now.toEpochMilli());
    } else {
      channels.forEach(channel -> account.consents().unsubscribe(number, channel, now));
    }
  }
}
