package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.run.CustomerCheck;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The check which customers of a segment are members of a list that has been looked at, and, by
 * choice, which of the others Klaviyo knows.
 */
public final class MembershipCheck implements CustomerCheck {
  private final @Nullable ListView list;
  private final Absent absent;
  private final CustomerIdentifiers identifiers;
  private final @Nullable AbsentLookup lookup;
  private boolean ended;
  private long shown;
  private long otherwise;
  private long absentees;
  private long askedFor;
  private long known;

  /** What hears of each customer that is no member. */
  public interface Absent {
    /**
     * Hears of one.
     *
     * @param address its email address as it is sent; {@code null} if it has none
     */
    void customer(String id, @Nullable String address);
  }

  /**
   * Creates a check.
   *
   * @param list what a look at the list has shown; {@code null} if it was not looked at
   * @param looksUp whether Klaviyo is asked for the customers that the list does not show
   */
  public MembershipCheck(RunContext run, @Nullable ListView list, boolean looksUp, Absent absent) {
    this.list = list;
    this.absent = absent;
    this.identifiers = new CustomerIdentifiers(run.settings().mapping());
    this.lookup =
        looksUp
            ? new AbsentLookup(
                run,
                profile -> list != null && list.isCustomers(profile),
                new AbsentLookup.Found() {
                  @Override
                  public void member(String customer, String address) {
                    otherwise++;
                  }

                  @Override
                  public void absent(String customer, String address) {
                    addAbsent(customer, address);
                  }

                  @Override
                  public void known(int profiles) {
                    known += profiles;
                  }
                })
            : null;
  }

  @Override
  public boolean hasRoom() {
    return lookup == null || lookup.hasRoom();
  }

  @Override
  public void take(CustomerProfile customer, Set<ProfileField> leftOut) {
    if (list != null && list.shows(customer, leftOut)) {
      shown++;
      return;
    }
    identifiers.look(customer);
    String address = identifiers.address();
    if (lookup == null || address == null) {
      addAbsent(customer.id(), address);
    } else {
      askedFor++;
      lookup.add(customer.id(), address);
    }
  }

  private void addAbsent(String customer, @Nullable String address) {
    absentees++;
    absent.customer(customer, address);
  }

  @Override
  public void end() {
    ended = true;
    if (lookup != null) {
      lookup.askForGathered();
    }
  }

  @Override
  public boolean isDone() {
    return ended && (lookup == null || lookup.isIdle());
  }

  /** Returns how many customers are members, under an identifier that the list shows. */
  public long shown() {
    return shown;
  }

  /** Returns how many are members under another address, as far as was looked up. */
  public long shownOtherwise() {
    return otherwise;
  }

  /** Returns how many are no members, as far as is known. */
  public long absent() {
    return absentees;
  }

  /** Returns how many were looked up. */
  public long askedFor() {
    return askedFor;
  }

  /**
   * Returns how many profiles Klaviyo knows of customers that were looked up and are no members.
   */
  public long known() {
    return known;
  }
}
