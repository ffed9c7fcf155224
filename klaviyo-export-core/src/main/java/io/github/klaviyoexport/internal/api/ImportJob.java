package io.github.klaviyoexport.internal.api;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A bulk import job as Klaviyo tells of it.
 *
 * @param total how many profiles it was given; empty when it does not say
 * @param completed how many profiles were imported; empty when it does not say
 * @param failed how many profiles could not be imported; empty when it does not say
 * @param createdAt when it was made, by Klaviyo's clock; {@code null} when it does not say
 * @param completedAt when it was done, by Klaviyo's clock; {@code null} when it does not say
 */
public record ImportJob(
    String id,
    Status status,
    OptionalLong total,
    OptionalLong completed,
    OptionalLong failed,
    @Nullable Instant createdAt,
    @Nullable Instant completedAt) {
  /** The state of a job. */
  public enum Status {
    /** Waiting, working, or in a state this library does not know. */
    RUNNING,
    /** Done, though perhaps not with every profile. */
    COMPLETE,
    /** Ended before it was done. */
    CANCELLED;

    /** Returns the state that Klaviyo has a word for. */
    static Status of(String word) {
      return switch (word) {
        case "complete" -> COMPLETE;
        case "cancelled" -> CANCELLED;
        default -> RUNNING;
      };
    }
  }
}
