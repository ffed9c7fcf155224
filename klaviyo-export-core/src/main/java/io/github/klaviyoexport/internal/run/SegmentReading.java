package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The segment as its source gives it: opened, checked, and read profile by profile. */
public final class SegmentReading implements Closeable {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final ExportPlan plan;
  private @Nullable ProfileReader reader;
  private OptionalLong size = OptionalLong.empty();

  /** Creates the reading of a plan's segment, which is not open yet. */
  public SegmentReading(ExportPlan plan) {
    this.plan = plan;
  }

  /**
   * Opens the segment.
   *
   * @param position where to begin, if the source can; {@code null} for its start
   */
  public void open(@Nullable String position) throws IOException {
    reader =
        Objects.requireNonNull(
            position != null && plan.settings().source() instanceof PositionedSource positioned
                ? positioned.openAt(plan.segment(), position)
                : plan.settings().source().open(plan.segment()),
            "reader");
  }

  /** Checks what can be told before reading; returns why it is not to be exported, if it is not. */
  public @Nullable StopCause check() throws IOException {
    size = reader().size().stream().filter(known -> known >= 0).findFirst();
    Optional<FieldNames> fields = reader().fields();
    try {
      fields.ifPresent(plan.settings().mapping()::checkAgainst);
    } catch (IllegalArgumentException unfit) {
      return StopCause.mappingUnfit(unfit);
    }
    return size.isPresent() && size.getAsLong() > plan.settings().limit()
        ? StopCause.limitExceeded(plan.settings().limit(), "it has " + size.getAsLong())
        : null;
  }

  /** Returns how many profiles the segment has, if its source knows. */
  public OptionalLong size() {
    return size;
  }

  /** Reads the next profile; returns {@code null} after the last. */
  public @Nullable CustomerProfile next() throws IOException {
    return reader().next();
  }

  /** Returns where the source can be opened again behind the last profile, if it can. */
  public @Nullable String position() {
    return reader().position().orElse(null);
  }

  private ProfileReader reader() {
    return Objects.requireNonNull(reader, "The segment is not open.");
  }

  /** Closes the reader; harmless when there is none. */
  @Override
  public void close() {
    ProfileReader open = reader;
    reader = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException | RuntimeException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The reader of segment {0} did not close ({1}); the export is not affected.",
          plan.segment(),
          failure.getClass().getName());
    }
  }
}
