package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
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
  private final Set<String> struck = new HashSet<>();

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
              || fault instanceof ScriptedFault.JobEndless;
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

  /** Takes the fault that the next call of an operation meets; {@code null} when it meets none. */
  public synchronized @Nullable ScriptedFault next(Operation operation) {
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

  synchronized boolean namesProfiles() {
    return !refused.isEmpty() || !failing.isEmpty();
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
    faults.forEach(
        (operation, queue) -> queue.forEach(fault -> names.add(operation + ": " + fault)));
    refused.forEach(
        (identifier, field) -> {
          if (!struck.contains(identifier)) {
            names.add("a profile refused for its " + field);
          }
        });
    failing.stream()
        .filter(identifier -> !struck.contains(identifier))
        .forEach(identifier -> names.add("a profile that fails to import"));
    return names;
  }

  private static String key(String identifier) {
    return identifier.toLowerCase(Locale.ROOT);
  }
}
