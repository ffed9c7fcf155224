package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to go wrong: faults by operation, and profiles that will not do. */
public final class Script {
  private final Map<Operation, Deque<ScriptedFault>> faults = new EnumMap<>(Operation.class);
  // By identifier; refused profiles map to the field that is objected to.
  private final Map<String, String> refused = new HashMap<>();
  private final Set<String> failing = new HashSet<>();
  private final Map<String, ScriptedFault> breaking = new HashMap<>();
  private final Set<String> struck = new HashSet<>();
  private @Nullable Shedding shedding;

  /** A time in which no call is let in. */
  private static final class Shedding {
    final long from;
    final long nanos;
    int met;

    Shedding(long from, long nanos) {
      this.from = from;
      this.nanos = nanos;
    }
  }

  /**
   * Scripts faults for the next calls of an operation.
   *
   * @throws IllegalArgumentException if a fault cannot happen to that operation
   */
  public synchronized void add(Operation operation, List<ScriptedFault> more) {
    UsageErrors.scripted("fault", more);
    for (ScriptedFault fault : more) {
      boolean ofJobs =
          fault instanceof ScriptedFault.JobTakes
              || fault instanceof ScriptedFault.JobCancelled
              || fault instanceof ScriptedFault.JobEndless
              || fault instanceof ScriptedFault.JobMiscounts
              || fault instanceof ScriptedFault.AnsweredAsBefore
              || fault instanceof ScriptedFault.Silent silent && !silent.empty();
      if (ofJobs && operation != Operation.BULK_IMPORT_PROFILES) {
        throw new IllegalArgumentException(
            "The fault '"
                + fault
                + "' can only be met by BULK_IMPORT_PROFILES, which starts a job: script it there"
                + " instead of at "
                + operation
                + ".");
      }
    }
    faults.computeIfAbsent(operation, key -> new ArrayDeque<>()).addAll(more);
  }

  /** Has every call refused with 403 for a while, by turns by the API and by its edge. */
  public synchronized void shed(long now, Duration time) {
    shedding = new Shedding(now, time.toNanos());
  }

  /**
   * Takes the fault that the next call of an operation meets; {@code null} when it meets none.
   *
   * @param now when the call comes, in nanoseconds
   */
  public synchronized @Nullable ScriptedFault next(Operation operation, long now) {
    Shedding shed = shedding;
    if (shed != null && now - shed.from < shed.nanos) {
      return shed.met++ % 2 == 0
          ? new ScriptedFault.Forbidden()
          : new ScriptedFault.EdgeChallenge();
    }
    Deque<ScriptedFault> queue = faults.get(operation);
    return queue == null ? null : queue.poll();
  }

  /** Has imports refused for a field of these profiles. */
  public synchronized void refuse(String field, List<String> identifiers) {
    UsageErrors.scripted("profile", identifiers);
    identifiers.forEach(identifier -> refused.put(key(identifier), field));
  }

  /** Has jobs fail to import these profiles. */
  public synchronized void fail(List<String> identifiers) {
    UsageErrors.scripted("profile", identifiers);
    identifiers.forEach(identifier -> failing.add(key(identifier)));
  }

  /**
   * Has every import meet a fault that holds one of these profiles.
   *
   * @throws IllegalArgumentException if the fault is no server error or dropped connection
   */
  public synchronized void breakOn(ScriptedFault fault, List<String> identifiers) {
    UsageErrors.scripted("profile", identifiers);
    if (!(fault instanceof ScriptedFault.ServerError || fault instanceof ScriptedFault.Dropped)) {
      throw new IllegalArgumentException(
          "The fault '"
              + fault
              + "' does not break on profiles: pass a server error or a dropped connection.");
    }
    identifiers.forEach(identifier -> breaking.put(key(identifier), fault));
  }

  synchronized boolean namesProfiles() {
    return !refused.isEmpty() || !failing.isEmpty() || !breaking.isEmpty();
  }

  /** Returns what happens to every call that holds the profile; {@code null} if nothing does. */
  synchronized @Nullable ScriptedFault breaks(ProfileRow row) {
    for (String identifier : row.identifiers()) {
      ScriptedFault fault = breaking.get(key(identifier));
      if (fault != null) {
        struck.add(key(identifier));
        return fault;
      }
    }
    return null;
  }

  /** Returns the field of the profile that is to be objected to; empty when none is. */
  synchronized Optional<String> objection(ProfileRow row) {
    for (String identifier : row.identifiers()) {
      String field = refused.get(key(identifier));
      if (field != null && row.has(field)) {
        struck.add(key(identifier));
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  synchronized boolean fails(ProfileRow row) {
    for (String identifier : row.identifiers()) {
      if (failing.contains(key(identifier))) {
        struck.add(key(identifier));
        return true;
      }
    }
    return false;
  }

  /** Returns the names of what was scripted and has not happened. */
  public synchronized List<String> unused() {
    List<String> names = new ArrayList<>();
    Shedding shed = shedding;
    if (shed != null && shed.met == 0) {
      names.add("load to be shed");
    }
    faults.forEach(
        (operation, queue) -> queue.forEach(fault -> names.add(operation + ": " + fault)));
    refused.forEach(
        (identifier, field) -> {
          if (!struck.contains(identifier)) {
            names.add("a profile refused for its " + field);
          }
        });
    breaking.keySet().stream()
        .filter(identifier -> !struck.contains(identifier))
        .forEach(identifier -> names.add("a profile that breaks imports"));
    failing.stream()
        .filter(identifier -> !struck.contains(identifier))
        .forEach(identifier -> names.add("a profile that fails to import"));
    return names;
  }

  private static String key(String identifier) {
    return identifier.toLowerCase(Locale.ROOT);
  }
}
