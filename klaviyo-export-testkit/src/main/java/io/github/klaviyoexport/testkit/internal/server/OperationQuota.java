package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.endpoint.ListsEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A quota of Klaviyo's: that of an operation, or that of something which its calls can ask for
 * beside and which they then draw from as well.
 */
record OperationQuota(Operation operation, @Nullable Extra extra) {
  /** All there are, those of operations first. */
  static final List<OperationQuota> ALL =
      Stream.concat(
              Stream.of(Operation.values()).map(operation -> new OperationQuota(operation, null)),
              Stream.of(Extra.values()).map(extra -> new OperationQuota(extra.operation, extra)))
          .toList();

  /** How many calls are taken in a stretch of time. */
  record Limit(int calls, int seconds, String unit) {}

  /** Something that a call can ask for beside. */
  enum Extra {
    PROFILE_COUNT(Operation.GET_LIST, ListsEndpoint.ADDITIONAL_FIELDS, "profile_count", 1, 15),
    LISTS_OF_PROFILE(Operation.GET_PROFILE, "include", "lists", 1, 15),
    SEGMENTS_OF_PROFILE(Operation.GET_PROFILE, "include", "segments", 1, 15);

    private final Operation operation;
    private final String parameter;
    private final String value;
    private final int burst;
    private final int steady;

    Extra(Operation operation, String parameter, String value, int burst, int steady) {
      this.operation = operation;
      this.parameter = parameter;
      this.value = value;
      this.burst = burst;
      this.steady = steady;
    }

    private boolean isWanted(String query) {
      String given = ApiRequest.parameters(query).get(parameter);
      return given != null && List.of(given.split(",")).contains(value);
    }
  }

  /** Returns those that a call of an operation draws from; the narrowest comes last. */
  static List<OperationQuota> of(Operation operation, String query) {
    List<OperationQuota> drawn = new ArrayList<>();
    for (OperationQuota quota : ALL) {
      if (quota.operation == operation && (quota.extra == null || quota.extra.isWanted(query))) {
        drawn.add(quota);
      }
    }
    return drawn;
  }

  /** Returns a word that is no other's, and stays. */
  String key() {
    return extra == null ? operation.name() : extra.name();
  }

  /** Returns what it counts, behind a name of the operation. */
  String name(String operationName) {
    return extra == null ? operationName : operationName + " with " + extra.value;
  }

  /** Returns its limits, that of the shortest stretch first. */
  List<Limit> limits() {
    List<Limit> limits = new ArrayList<>();
    limits.add(new Limit(extra == null ? operation.burst() : extra.burst, 1, "second"));
    limits.add(new Limit(extra == null ? operation.steady() : extra.steady, 60, "minute"));
    if (extra == null) {
      operation.daily().ifPresent(daily -> limits.add(new Limit(daily, 86_400, "day")));
    }
    return limits;
  }
}
