package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.AddressQuery;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The look-up of profiles by email addresses, a hundred a call and a few calls at a time: a profile
 * may have several addresses, and shows one of them.
 *
 * <p>If Klaviyo refuses a call for what stands in it, its addresses are asked for by halves, and
 * one that is refused by itself is no profile's. If a call fails otherwise, the run stops.
 */
final class ProfileLookup {
  private static final int AT_ONCE = 4;

  /** What Klaviyo answers to a filter that it does not take, or to one that is too long. */
  private static final Set<Integer> REFUSED_FOR_ADDRESSES = Set.of(400, 413, 414, 431);

  /** So many addresses refused, and none taken: that is not for what stands in them. */
  private static final int REFUSED_FOR_SOMETHING_ELSE = 5;

  private final RunContext run;
  private final Consumer<String> found;
  private final Runnable whenDone;
  private AddressQuery gathered = new AddressQuery();
  private int underWay;
  private int refusedAlone;
  private boolean anyTaken;
  private boolean complete;

  /**
   * Creates a look-up of no addresses.
   *
   * @param found takes the id of each profile that has one of them
   * @param whenDone hears of it when all are looked up
   */
  ProfileLookup(RunContext run, Consumer<String> found, Runnable whenDone) {
    this.run = run;
    this.found = found;
    this.whenDone = whenDone;
  }

  /** Returns whether it takes another address: not while enough calls are under way. */
  boolean hasRoom() {
    return underWay < AT_ONCE;
  }

  /** Adds an address, as it was sent; it is unknown whether Klaviyo heeds the case of letters. */
  void add(String address) {
    gather(address);
    String lower = address.toLowerCase(Locale.ROOT);
    if (!lower.equals(address)) {
      gather(lower);
    }
  }

  private void gather(String address) {
    if (!gathered.add(address)) {
      askForGathered();
      gathered.add(address);
    }
  }

  /** Ends the adding: all have been. */
  void complete() {
    complete = true;
    askForGathered();
    checkDone();
  }

  private void askForGathered() {
    if (gathered.size() > 0) {
      underWay++;
      ask(gathered);
      gathered = new AddressQuery();
    }
  }

  private void ask(AddressQuery addresses) {
    run.klaviyo().profilesOf(addresses, reply -> answered(addresses, reply));
  }

  private void answered(AddressQuery addresses, Reply<List<String>> reply) {
    if (reply instanceof Done<List<String>> done) {
      anyTaken = true;
      done.value().forEach(found);
      ended();
    } else if (reply instanceof Refused<List<String>> refused
        && REFUSED_FOR_ADDRESSES.contains(refused.status())) {
      refused(addresses, refused);
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private void refused(AddressQuery addresses, Refused<List<String>> refused) {
    if (addresses.size() > 1) {
      underWay++;
      addresses.halves().forEach(this::ask);
    } else if (++refusedAlone < REFUSED_FOR_SOMETHING_ELSE || anyTaken) {
      ended();
    } else {
      run.stop(StopCause.of(refused, run.list()));
    }
  }

  private void ended() {
    underWay--;
    checkDone();
  }

  private void checkDone() {
    if (complete && underWay == 0) {
      whenDone.run();
    }
  }
}
