package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.AddressQuery;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The look-up of customers that no member of a list shows: Klaviyo may know their profiles, and
 * such a profile may be a member that shows another address.
 *
 * <p>A hundred addresses a call, and a few calls at a time. An answer says which profiles there are
 * and not whose; where one of them is a member, its call is made again by halves until it is known
 * whose it is. If Klaviyo refuses a call for what stands in it, halves are asked for likewise.
 */
final class AbsentLookup {
  private static final int AT_ONCE = 4;

  /** What Klaviyo answers to a filter that it does not take, or to one that is too long. */
  private static final Set<Integer> REFUSED_FOR_ADDRESSES = Set.of(400, 413, 414, 431);

  /** So many addresses refused, and none taken: that is not for what stands in them. */
  private static final int REFUSED_FOR_SOMETHING_ELSE = 5;

  private final RunContext run;
  private final Predicate<String> isMember;
  private final Found found;
  private Asked gathered = new Asked();
  private int underWay;
  private int refusedAlone;
  private boolean anyTaken;

  /** What hears what became of each customer that is looked up. */
  interface Found {
    /** Hears that a customer is a member under another address. */
    void member(String customer, String address);

    /** Hears that a customer is no member. */
    void absent(String customer, String address);

    /** Hears that Klaviyo knows so many profiles of customers that are no members. */
    void known(int profiles);
  }

  /** The customers that one call asks for. */
  private static final class Asked {
    final List<String> customers = new ArrayList<>();
    final List<String> addresses = new ArrayList<>();
    final AddressQuery query = new AddressQuery();

    /** Adds a customer, with the address as it was sent and in lower case: either may be heeded. */
    boolean add(String customer, String address) {
      String lower = address.toLowerCase(Locale.ROOT);
      boolean two = !lower.equals(address);
      if (!query.hasRoomFor(two ? List.of(address, lower) : List.of(address))) {
        return false;
      }
      query.add(address);
      if (two) {
        query.add(lower);
      }
      customers.add(customer);
      addresses.add(address);
      return true;
    }

    List<Asked> halves() {
      Asked first = new Asked();
      Asked second = new Asked();
      for (int i = 0; i < customers.size(); i++) {
        (i < customers.size() / 2 ? first : second).add(customers.get(i), addresses.get(i));
      }
      return List.of(first, second);
    }
  }

  /**
   * Creates a look-up of no customers.
   *
   * @param isMember tells whether the profile of an id is a member
   */
  AbsentLookup(RunContext run, Predicate<String> isMember, Found found) {
    this.run = run;
    this.isMember = isMember;
    this.found = found;
  }

  /** Returns whether it takes another customer: not while enough calls are under way. */
  boolean hasRoom() {
    return underWay < AT_ONCE;
  }

  /** Adds a customer by an address, as it is sent. */
  void add(String customer, String address) {
    if (!gathered.add(customer, address)) {
      askForGathered();
      gathered.add(customer, address);
    }
  }

  /** Asks for those that are gathered. */
  void askForGathered() {
    if (!gathered.customers.isEmpty()) {
      ask(gathered);
      gathered = new Asked();
    }
  }

  /** Returns whether nothing is under way. */
  boolean isIdle() {
    return underWay == 0;
  }

  private void ask(Asked asked) {
    underWay++;
    run.klaviyo()
        .profilesOf(
            asked.query,
            reply -> {
              underWay--;
              answered(asked, reply);
            });
  }

  private void answered(Asked asked, Reply<List<String>> reply) {
    if (reply instanceof Done<List<String>> done) {
      anyTaken = true;
      settle(asked, done.value());
    } else if (reply instanceof Refused<List<String>> refused
        && REFUSED_FOR_ADDRESSES.contains(refused.status())) {
      refused(asked, refused);
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private void settle(Asked asked, List<String> profiles) {
    if (profiles.stream().noneMatch(isMember)) {
      found.known(profiles.size());
      absent(asked);
    } else if (asked.customers.size() == 1) {
      found.member(asked.customers.get(0), asked.addresses.get(0));
    } else {
      asked.halves().forEach(this::ask);
    }
  }

  private void absent(Asked asked) {
    for (int i = 0; i < asked.customers.size(); i++) {
      found.absent(asked.customers.get(i), asked.addresses.get(i));
    }
  }

  private void refused(Asked asked, Refused<List<String>> refused) {
    if (asked.customers.size() > 1) {
      asked.halves().forEach(this::ask);
    } else if (++refusedAlone < REFUSED_FOR_SOMETHING_ELSE || anyTaken) {
      absent(asked);
    } else {
      run.stop(StopCause.of(refused, run.list()));
    }
  }
}
