package io.github.klaviyoexport.internal.api;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bulk import job as Klaviyo tells of it.
 *
 * @param state the word that Klaviyo has for its status; empty when it does not say
 * @param total how many profiles it was given; empty when it does not say
 * @param completed how many profiles were imported; empty when it does not say
 * @param failed how many profiles could not be imported; empty when it does not say
 * @param createdAt when it was made, by Klaviyo's clock; {@code null} when it does not say
 * @param completedAt when it was done, by Klaviyo's clock; {@code null} when it does not say
 */
public record ImportJob(
    String id,
    String state,
    OptionalLong total,
    OptionalLong completed,
    OptionalLong failed,
    @Nullable Instant createdAt,
    @Nullable Instant completedAt) {
  /** What is shown of states that are not known. */
  private static final Pattern WORD = Pattern.compile("[a-z][a-z_-]{0,39}");

  /** The state of a job. */
  public enum Status {
    /** Waiting or working. */
    RUNNING,
    /** Done, though perhaps not with every profile. */
    COMPLETE,
    /** Ended before it was done. */
    CANCELLED,
    /** In a state that this library does not know, and takes for running. */
    UNKNOWN
  }

  /** Returns the status that Klaviyo's word means. */
  public Status status() {
    return switch (state) {
      case "queued", "processing" -> Status.RUNNING;
      case "complete" -> Status.COMPLETE;
      case "cancelled" -> Status.CANCELLED;
      default -> Status.UNKNOWN;
    };
  }

  /** Returns whether it has not ended, for all that is known. */
  public boolean isOpen() {
    return status() == Status.RUNNING || status() == Status.UNKNOWN;
  }

  /** Returns its state in a clause about it, such as {@code which has the status 'processing'}. */
  public String stateInWords() {
    if (state.isBlank()) {
      return "for which it gives no status";
    }
    return WORD.matcher(state).matches()
        ? "which has the status '" + state + "'"
        : "which has a status that is no word";
  }
}
