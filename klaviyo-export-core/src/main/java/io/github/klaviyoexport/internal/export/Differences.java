package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportReport.Traffic;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.VerificationListener;
import io.github.klaviyoexport.internal.listen.GuardedListeners;
import io.github.klaviyoexport.internal.mirror.ListComparison;
import io.github.klaviyoexport.internal.report.ListVerificationData;
import io.github.klaviyoexport.internal.run.ExportPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The differences between a list and a segment: counted, told, and the first of them kept. */
final class Differences {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final GuardedListeners<VerificationListener> listeners;
  private final List<String> missingCustomers = new ArrayList<>();
  private final List<String> unexpectedMembers = new ArrayList<>();
  private final List<String> undecidedMembers = new ArrayList<>();
  private long missing;
  private long unexpected;
  private long undecided;

  /** Creates a count of none. */
  Differences(VerificationListener listener) {
    this.listeners = GuardedListeners.complainingOnce(List.of(listener), LOG, "the verification");
  }

  /** Adds a customer that is no member. */
  void missing(String customer, @Nullable String address) {
    missing++;
    keep(customer, missingCustomers);
    listeners.tell(listener -> listener.missing(customer));
  }

  /** Adds the members that are no customers, or that may be some; to be called once. */
  void members(ListComparison comparison) {
    comparison.eachUnexpected(
        member -> {
          unexpected++;
          keep(member, unexpectedMembers);
          listeners.tell(listener -> listener.unexpected(member));
        });
    comparison.eachUndecided(
        member -> {
          undecided++;
          keep(member, undecidedMembers);
          listeners.tell(listener -> listener.undecided(member));
        });
  }

  private static void keep(String id, List<String> some) {
    if (some.size() < ListVerification.MAX_IDS) {
      some.add(id);
    }
  }

  /** Returns what was found. */
  ListVerificationData verification(
      ExportPlan plan,
      Instant startedAt,
      Duration took,
      long customers,
      long rejected,
      ListComparison comparison,
      boolean whole,
      Traffic traffic) {
    return new ListVerificationData(
        plan.segment(),
        plan.list(),
        startedAt,
        took,
        customers,
        rejected,
        comparison.membersRead(),
        whole,
        missing,
        unexpected,
        undecided,
        missingCustomers,
        unexpectedMembers,
        undecidedMembers,
        traffic);
  }
}
