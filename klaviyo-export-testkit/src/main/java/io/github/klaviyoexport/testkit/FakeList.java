package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.Subscriptions;
import io.github.klaviyoexport.testkit.internal.api.CustomerAttributes;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.server.RequestLog;
import io.github.klaviyoexport.testkit.internal.server.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One list of the fake account, as it is at each call.
 *
 * <p>What is done here is not a request: it draws no quota and is not recorded.
 */
public final class FakeList {
  /** How long members that are added here have been members. */
  private static final Duration MEMBERSHIP = Duration.ofHours(1);

  private final Account account;
  private final KlaviyoList list;
  private final RequestLog log;
  private final boolean showsValues;

  FakeList(Account account, KlaviyoList list, RequestLog log, boolean showsValues) {
    this.account = account;
    this.list = list;
    this.log = log;
    this.showsValues = showsValues;
  }

  /** Returns the list's id. */
  public String id() {
    return list.id();
  }

  /** Returns the list's name. */
  public String name() {
    return list.name();
  }

  /** Returns how many members it has. */
  public int size() {
    synchronized (account) {
      account.settle();
      return list.members().size();
    }
  }

  /** Returns the email addresses of its members, in the order in which they joined. */
  public List<String> emails() {
    synchronized (account) {
      account.settle();
      List<String> emails = new ArrayList<>();
      list.members()
          .all()
          .mapToObj(place -> account.profiles().email(list.members().numberAt(place)))
          .filter(Objects::nonNull)
          .forEach(emails::add);
      return emails;
    }
  }

  /**
   * Adds members by their email addresses: profiles that are not there yet are made, those that are
   * members already stay as they are. This is no request. They have been members for an hour, or
   * for as long as the member that joined last: a mirror removes only members that joined before it
   * began.
   *
   * @throws IllegalArgumentException if one is no email address that Klaviyo takes; the message
   *     says which by its place, and nothing is added
   */
  public FakeList add(String... emails) {
    List<String> all = FieldRules.emails(emails);
    synchronized (account) {
      account.settle();
      Instant now = account.now();
      Instant since = joinedEarlier(now);
      account.addEarlier(
          list, all.stream().mapToInt(email -> account.profileOf(email, now)), since);
    }
    return this;
  }

  /**
   * Adds generated customers as members, with all that an export would have sent of them. Customers
   * with a malformed email address are left out, and so are malformed phone numbers and duplicates.
   * A customer that the account knows already, by email address, phone number or external id,
   * becomes a member as it is. This is no request. They have been members for as long as {@link
   * #add(String...)} says.
   */
  public FakeList add(GeneratedProfiles customers) {
    synchronized (account) {
      account.settle();
      Instant now = account.now();
      Instant since = joinedEarlier(now);
      CustomerAttributes sent = new CustomerAttributes(customers.mapping());
      IntStream numbers =
          StreamSupport.stream(customers.spliterator(), false)
              .map(sent::of)
              .filter(attributes -> FieldRules.isEmail(attributes.path("email").asText()))
              .mapToInt(attributes -> account.profileOf(attributes, now));
      account.addEarlier(list, numbers, since);
    }
    return this;
  }

  private Instant joinedEarlier(Instant now) {
    return list.members().inOrder(now.minus(MEMBERSHIP));
  }

  /**
   * Follows the link in the message that asks a customer to confirm a subscription to this list,
   * which takes confirming if the list says so.
   *
   * @throws IllegalStateException if nothing waits for being confirmed under that email address
   */
  public FakeList confirm(String email) {
    synchronized (account) {
      account.settle();
      if (!new Subscriptions(account).confirm(list, email, account.now())) {
        throw new IllegalStateException(
            "Nobody of that email address waits to be confirmed for list "
                + id()
                + ": subscribe it first, and let the job's duration pass. A list that does not ask"
                + " for confirmation has nobody waiting.");
      }
      return this;
    }
  }

  /**
   * Returns the attributes of a member: texts, numbers, booleans, lists and maps; among them {@code
   * location} and {@code properties}, which are maps. Only what was sent is there.
   *
   * @return empty when the list has no member with that email address
   */
  public Optional<Map<String, @Nullable Object>> profile(String email) {
    synchronized (account) {
      account.settle();
      int number = account.profiles().find(ProfileStore.Identifier.EMAIL, email);
      return number < 0 || list.members().place(number) < 0
          ? Optional.empty()
          : Optional.of(JsonValues.values(account.profiles().attributes(number)));
    }
  }

  /** Returns what reached the list's account; see {@link FakeKlaviyo#timeline()}. */
  public String timeline() {
    return Timeline.of(log.all());
  }

  /** Returns whether failing assertions show addresses and values; see {@link FakeKlaviyo}. */
  public boolean showsValues() {
    return showsValues;
  }

  /** Returns the list's id and size. */
  @Override
  public String toString() {
    return "FakeList[" + id() + ", " + InWords.count(size(), "member") + "]";
  }
}
