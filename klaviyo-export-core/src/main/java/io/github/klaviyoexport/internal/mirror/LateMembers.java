package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.AddressQuery;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.ProfileField;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wait for members that Klaviyo does not show yet although it has imported them: those that are
 * missing are asked for again, a hundred a call, after growing waits of a minute in all.
 *
 * <p>Only customers with an email address can be asked for, and no more than {@value #MOST_KEPT}.
 */
public final class LateMembers implements Phase {
  /** How many missing customers are asked for again at most, some 1 MB of them. */
  public static final int MOST_KEPT = 10_000;

  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(2),
          Duration.ofSeconds(8),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30));

  private final RunContext run;
  private final Map<String, String> missing = new LinkedHashMap<>();
  private int waited;
  private boolean over;

  /** Creates a wait for no members. */
  public LateMembers(RunContext run) {
    this.run = run;
  }

  /** Adds a customer that is missing, if it can be asked for; returns whether it can. */
  public boolean add(String customer, @Nullable String address) {
    boolean can = address != null && missing.size() < MOST_KEPT;
    if (can) {
      missing.put(customer, address);
    }
    return can;
  }

  /** Returns the customers that are missing still. */
  public Set<String> missing() {
    return missing.keySet();
  }

  @Override
  public void begin() {
    await();
  }

  @Override
  public boolean isOver() {
    return over || run.hasStopped();
  }

  private void await() {
    if (missing.isEmpty() || waited == WAITS.size()) {
      run.waitFor(null);
      over = true;
      return;
    }
    run.waitFor("Klaviyo, which does not show all members yet");
    run.loop().after(WAITS.get(waited++), () -> ask(missing.values().iterator(), new HashSet<>()));
  }

  /** Asks for the next hundred, and when all were asked for, waits again for the rest. */
  private void ask(Iterator<String> addresses, Set<String> shown) {
    AddressQuery query = new AddressQuery();
    while (query.size() < AddressQuery.MAX_ADDRESSES / 2 && addresses.hasNext()) {
      String address = addresses.next();
      query.add(address);
      String lower = address.toLowerCase(Locale.ROOT);
      if (!lower.equals(address)) {
        query.add(lower);
      }
    }
    if (query.size() == 0) {
      List<String> found = new ArrayList<>();
      missing.forEach(
          (customer, address) -> {
            if (shown.contains(Identifier.of(ProfileField.EMAIL, address).value())) {
              found.add(customer);
            }
          });
      found.forEach(missing::remove);
      await();
      return;
    }
    run.klaviyo()
        .membersWith(
            run.list(), query, reply -> answered(reply, shown, () -> ask(addresses, shown)));
  }

  private void answered(Reply<List<ListMember>> reply, Set<String> shown, Runnable then) {
    if (!(reply instanceof Done<List<ListMember>> done)) {
      run.stop(StopCause.of(reply, run.list()));
      return;
    }
    for (ListMember member : done.value()) {
      for (Identifier identifier : member.identifiers()) {
        if (identifier.kind() == ProfileField.EMAIL) {
          shown.add(identifier.value());
        }
      }
    }
    then.run();
  }
}
