package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.testkit.simulation.AccountView.Member;
import io.github.klaviyoexport.testkit.simulation.Ledger.Membership;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What must hold after a run, worked out from the world and not from the code under test. */
final class Oracle {
  private final World world;
  private final Step.Run run;
  private final Map<Membership, Integer> owners;
  private final List<Person> segment;

  /** Takes note of the world before a run. */
  Oracle(World world, Step.Run run) {
    this.world = world;
    this.run = run;
    this.owners = new HashMap<>(world.ledger.copy());
    this.segment = List.copyOf(world.segments.get(run.export()));
  }

  /**
   * Checks what came of it.
   *
   * @param began when the run began
   * @param resumes whether it went on with another one
   * @param disturbed whether others changed segment or list while it was under way
   */
  void check(
      Trial.Outcome outcome, AccountView after, Instant began, boolean resumes, boolean disturbed) {
    ExportReport report = outcome.report();
    checkSum(report);
    checkRemoved(after);
    boolean clean = outcome.stopped() == null && report.isConfirmed();
    // What changes under a run's feet, or between the two halves of a resumed one, is seen to by
    // the next run.
    if (!clean || disturbed || resumes) {
      return;
    }
    Set<String> rejected = rejected(report);
    checkRejections(rejected);
    // A mirror that could remove nobody does not look at the list.
    boolean looks = run.mode() != SyncMode.UPSERT && report.leavers().kept() == null;
    checkIsListed(after, rejected, looks);
    checkContents(after, report, rejected);
    if (run.mode() != SyncMode.UPSERT) {
      checkNobodyElse(after, report, began);
    }
  }

  /** Takes note of what others have done to the list while the run was under way. */
  void othersActed(AccountView before, AccountView after) {
    before.memberships().forEach(membership -> owners.putIfAbsent(membership, run.export()));
    owners
        .keySet()
        .removeIf(
            membership ->
                before.memberships().contains(membership)
                    && !after.memberships().contains(membership));
    after.memberships().forEach(membership -> owners.putIfAbsent(membership, Ledger.ANYBODY));
  }

  private static void checkSum(ExportReport report) {
    ExportReport.Profiles profiles = report.profiles();
    assertThat(
            profiles.accepted()
                + profiles.unchanged()
                + profiles.rejected()
                + profiles.duplicates()
                + profiles.unconfirmed())
        .as("the report's sum")
        .isEqualTo(profiles.read());
  }

  /** However a run ended: nobody leaves by an upsert, and nobody else's member by a tracked one. */
  private void checkRemoved(AccountView after) {
    Set<Membership> removed = new HashSet<>(owners.keySet());
    removed.removeAll(after.memberships());
    // Klaviyo itself ends the membership of a profile that it merges into another.
    removed.removeIf(gone -> world.setup.shared() == SharedIdentifiers.MERGED);
    if (run.mode() == SyncMode.UPSERT) {
      assertThat(removed).as("who left by an upsert").isEmpty();
    } else if (run.mode() == SyncMode.TRACKED) {
      removed.removeIf(
          gone -> owners.get(gone) == run.export() || owners.get(gone) == Ledger.ANYBODY);
      assertThat(removed).as("members of others that were removed").isEmpty();
    }
  }

  /** Returns who was in the segment and not rejected. */
  Predicate<Person> delivered(ExportReport report) {
    Set<String> rejected = rejected(report);
    return person -> segment.contains(person) && !rejected.contains(person.id());
  }

  private static Set<String> rejected(ExportReport report) {
    return report.rejections().first().stream()
        .filter(rejection -> rejection.scope() == Scope.PROFILE)
        .map(rejection -> String.valueOf(rejection.customerId()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void checkRejections(Set<String> rejected) {
    for (Person person : segment) {
      boolean may =
          !person.readable
              || person.isRefused()
              // Klaviyo may find the parts of such a customer in two profiles, and refuse.
              || person.disputed
                  && (world.setup.phones() || world.setup.keys())
                  && world.setup.shared() != SharedIdentifiers.KEPT;
      assertThat(may || !rejected.contains(person.id()))
          .as("%s is rejected without a reason", person)
          .isTrue();
      assertThat(person.readable || rejected.contains(person.id()))
          .as("%s cannot be read and is not rejected", person)
          .isTrue();
    }
  }

  /** All that was not rejected is in the list. */
  private void checkIsListed(AccountView after, Set<String> rejected, boolean looksAtMembers) {
    Set<String> rejectedAddresses = new HashSet<>();
    for (Person person : segment) {
      if (person.readable && rejected.contains(person.id())) {
        // The later customers of the address are duplicates of one that was rejected.
        rejectedAddresses.add(person.email().toLowerCase(Locale.ROOT));
      } else if (!rejected.contains(person.id())
          && !rejectedAddresses.contains(person.email().toLowerCase(Locale.ROOT))
          && (looksAtMembers || !isAdrift(person))) {
        assertThat(after.hasMember(person)).as("%s is in the list", person).isTrue();
      }
    }
  }

  /**
   * Whether others have changed a profile that is not sent because its customer has not changed.
   */
  private boolean isAdrift(Person person) {
    return run.sending() == Sending.CHANGED_ONLY && world.drifts.get(run.export()).isOf(person);
  }

  private void checkContents(AccountView after, ExportReport report, Set<String> rejected) {
    Set<String> fields = new TreeSet<>();
    for (Rejection rejection : report.rejections().first()) {
      fields.add(rejection.customerId() + " " + rejection.field());
    }
    Set<String> met = new HashSet<>();
    for (Person person : segment) {
      boolean first = person.readable && met.add(person.email().toLowerCase(Locale.ROOT));
      if (first && !rejected.contains(person.id()) && !isAdrift(person)) {
        FakeProfile profile = after.profileOf(person).orElseThrow();
        Map<String, Object> attributes = new java.util.HashMap<>(profile.attributes());
        assertThat(attributes).as("%s's data", person).containsEntry("first_name", person.name());
        Map<?, ?> properties = (Map<?, ?>) attributes.get("properties");
        assertThat(properties.get("Version")).as("%s's version", person).isEqualTo(person.version);
        if (world.mappings % 2 == 1) {
          assertThat(properties.get("Tier")).isEqualTo("tier-" + person.version % 2);
        }
        if (world.setup.keys() && world.setup.shared() != SharedIdentifiers.KEPT) {
          assertThat(attributes).as("%s's key", person).containsEntry("external_id", person.key());
        }
      }
    }
  }

  /** Nobody is in the list whom nothing of a customer of the segment could be. */
  private void checkNobodyElse(AccountView after, ExportReport report, Instant began) {
    boolean doubt = segment.stream().anyMatch(person -> !person.readable);
    Kept kept = report.leavers().kept();
    assertThat(kept == null || kept == Kept.UNREADABLE && doubt)
        .as("leavers kept: %s", kept)
        .isTrue();
    boolean none = segment.stream().noneMatch(person -> person.readable);
    if (doubt && (none || !world.setup.doubtIsPassedOver())) {
      // Members may be customers that cannot be read; MirroredListTest says when they stay.
      return;
    }
    assertThat(kept).isNull();
    List<String> remaining = new ArrayList<>();
    Set<String> known = identifiers();
    for (Member member : after.members().values()) {
      boolean customer = member.identifiers().stream().anyMatch(known::contains);
      // Who joined after the run began is left for the next one.
      boolean late =
          !OffsetDateTime.parse(member.membership().joined())
              .toInstant()
              .isBefore(began.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
      if (!customer && !late && isToLeave(member)) {
        remaining.add(member.membership() + " of " + owners.get(member.membership()));
      }
    }
    assertThat(remaining).as("members that are no customers").isEmpty();
  }

  /** Whether a member who is no customer has to leave: where others add members, only ours. */
  private boolean isToLeave(Member member) {
    if (run.mode() != SyncMode.TRACKED) {
      return true;
    }
    // A customer under a new address joined, by Klaviyo's clock, before it was first sent under
    // that address, so that it cannot be proven that this export has added it.
    boolean renamed =
        world.people.stream()
            .filter(person -> person.disputed)
            .anyMatch(person -> person.all().stream().anyMatch(member.identifiers()::contains));
    return owners.getOrDefault(member.membership(), Ledger.OTHERS) == run.export()
        && !world.ledger.isForgotten(member.membership())
        && !renamed;
  }

  private Set<String> identifiers() {
    Set<String> known = new HashSet<>();
    for (Person person : segment) {
      if (person.readable) {
        known.add(person.email().toLowerCase(Locale.ROOT));
      }
      if (world.setup.keys()) {
        known.add(person.key());
      }
      if (world.setup.phones() && person.phone() != null) {
        known.add(person.phone());
      }
    }
    return known;
  }
}
