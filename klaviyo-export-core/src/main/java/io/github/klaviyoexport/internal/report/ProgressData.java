package io.github.klaviyoexport.internal.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How far an export has got, as a value. */
public record ProgressData(
    OptionalLong size,
    long read,
    long sent,
    long accepted,
    long unchanged,
    long rejected,
    long duplicates,
    long compared,
    long members,
    long leavers,
    long removed,
    Optional<String> waitingFor,
    Duration elapsed)
    implements ExportProgress {
  /** The progress of an export that has yet to begin. */
  public static final ProgressData NONE =
      new ProgressData(OptionalLong.empty(), 0, 0, 0, 0, 0, Duration.ZERO);

  /** Creates the progress of an export that has looked at no member and waits for nothing. */
  public ProgressData(
      OptionalLong size,
      long read,
      long sent,
      long accepted,
      long rejected,
      long duplicates,
      Duration elapsed) {
    this(size, read, sent, accepted, rejected, duplicates, 0, 0, 0, 0, Optional.empty(), elapsed);
  }

  /** Creates the progress of an export that sends everything. */
  public ProgressData(
      OptionalLong size,
      long read,
      long sent,
      long accepted,
      long rejected,
      long duplicates,
      long compared,
      long members,
      long leavers,
      long removed,
      Optional<String> waitingFor,
      Duration elapsed) {
    this(
        size,
        read,
        sent,
        accepted,
        0,
        rejected,
        duplicates,
        compared,
        members,
        leavers,
        removed,
        waitingFor,
        elapsed);
  }

  @Override
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    size.ifPresent(profiles -> json.put("size", profiles));
    json.put("read", read);
    json.put("sent", sent);
    json.put("accepted", accepted);
    json.put("unchanged", unchanged);
    json.put("rejected", rejected);
    json.put("duplicates", duplicates);
    json.put("compared", compared);
    json.put("members", members);
    json.put("leavers", leavers);
    json.put("removed", removed);
    waitingFor.ifPresent(what -> json.put("waiting_for", what));
    json.put("elapsed_ms", elapsed.toMillis());
    return json.toString();
  }
}
