package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One profile of the fake account, as it is at each call.
 *
 * <p>What is done here is not a request: it draws no quota and is not recorded. A profile that was
 * deleted since it was asked for answers with an {@link IllegalStateException}.
 */
public final class FakeProfile {
  private static final int MOST_ADDRESSES = 5;

  private final Account account;
  private final int number;

  FakeProfile(Account account, int number) {
    this.account = account;
    this.number = number;
  }

  /** Returns the id that Klaviyo gave it. */
  public String id() {
    return settled(() -> account.profiles().id(number));
  }

  /**
   * Returns its attributes: texts, numbers, booleans, lists and maps; among them {@code location}
   * and {@code properties}, which are maps. Only what was sent is there. A decimal number is a
   * {@code Double} if that is the very number, else a {@code BigDecimal} with all its digits.
   */
  public Map<String, @Nullable Object> attributes() {
    return settled(() -> JsonValues.values(account.profiles().attributes(number)));
  }

  /** Returns what the customer has said to marketing by email. */
  public Consent emailConsent() {
    return settled(() -> account.consents().of(number, Channel.EMAIL).consent());
  }

  /** Returns what the customer has said to marketing by text message. */
  public Consent smsConsent() {
    return settled(() -> account.consents().of(number, Channel.SMS).consent());
  }

  /** Returns why it gets no mail; empty when it would get mail. */
  public Set<Suppression> suppressions() {
    return settled(() -> Set.copyOf(account.consents().suppressions(number).keySet()));
  }

  /** Returns the ids of the lists that it is a member of. */
  public List<String> lists() {
    return settled(() -> account.listsOf(number).stream().map(KlaviyoList::id).toList());
  }

  /** Has the customer agree to marketing by email, as if that was before the test began. */
  public FakeProfile subscribe() {
    return change(
        now -> account.consents().subscribe(number, Channel.EMAIL, false, now, now, null));
  }

  /** Has the customer unsubscribe from all marketing by email, as if before the test began. */
  public FakeProfile unsubscribe() {
    return change(now -> account.consents().unsubscribe(number, Channel.EMAIL, now));
  }

  /** Keeps mail from it for a reason, as if that was found out before the test began. */
  public FakeProfile suppress(Suppression reason) {
    return change(now -> account.consents().suppress(number, reason, now));
  }

  /**
   * Gives the profile one more email address, as if Klaviyo had merged another profile into it
   * before the test began. Imports, filters and look-ups find the profile by any of its addresses;
   * it goes on showing its primary address, the one that it had first or {@linkplain #showAddress
   * was told to show}.
   *
   * @throws IllegalArgumentException if it is no email address that Klaviyo takes
   * @throws IllegalStateException if a profile has that address already, or this one has none to
   *     show, or five of them, which is all that Klaviyo keeps on a profile
   */
  public FakeProfile addAddress(String email) {
    FieldRules.emails(email);
    return settled(
        () -> {
          ProfileStore profiles = account.profiles();
          int another = profiles.find(Identifier.EMAIL, email);
          if (another >= 0) {
            throw new IllegalStateException(
                "Profile "
                    + profiles.id(another)
                    + " has that address already, and an address belongs to one profile: give one"
                    + " that is new to the account.");
          }
          if (profiles.email(number) == null) {
            throw new IllegalStateException(
                "The profile has no email address to show: make it with one.");
          }
          if (addresses().size() == MOST_ADDRESSES) {
            throw new IllegalStateException(
                "The profile has "
                    + MOST_ADDRESSES
                    + " email addresses, which is all that Klaviyo keeps on one.");
          }
          profiles.addAddress(number, email);
          return this;
        });
  }

  /**
   * Has the profile show another of its addresses from now on, as Klaviyo chooses the primary one
   * anew at night and after a change.
   *
   * @throws IllegalArgumentException if it is none of the addresses that the profile has beside the
   *     one it shows
   */
  public FakeProfile showAddress(String email) {
    return settled(
        () -> {
          if (!account.profiles().secondary(number).contains(email.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                "The profile has no such address beside the one it shows: add it first, with"
                    + " addAddress.");
          }
          account.profiles().show(number, email);
          return this;
        });
  }

  /** Returns its email addresses: the one it shows, and then the others in lower case. */
  public List<String> addresses() {
    return settled(
        () -> {
          List<String> all = new ArrayList<>();
          String primary = account.profiles().email(number);
          if (primary != null) {
            all.add(primary);
          }
          all.addAll(account.profiles().secondary(number));
          return List.copyOf(all);
        });
  }

  private FakeProfile change(Consumer<Instant> change) {
    return settled(
        () -> {
          change.accept(account.now());
          return this;
        });
  }

  private <T> T settled(Supplier<T> answer) {
    synchronized (account) {
      account.settle();
      if (!account.profiles().has(number)) {
        throw new IllegalStateException(
            "The profile was deleted since it was asked for: ask for it again.");
      }
      return answer.get();
    }
  }

  /** Returns the profile's id, and nothing of the customer. */
  @Override
  public String toString() {
    return "FakeProfile[" + account.profiles().id(number) + "]";
  }
}
