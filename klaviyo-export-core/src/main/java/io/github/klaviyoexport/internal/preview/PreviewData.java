package io.github.klaviyoexport.internal.preview;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Notices;
import io.github.klaviyoexport.ExportReport.Rejections;
import io.github.klaviyoexport.ExportReport.Traffic;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A preview as a value.
 *
 * @param following runs what was previewed
 */
public record PreviewData(
    Segment segment,
    ListId list,
    SyncMode mode,
    Instant startedAt,
    Duration took,
    Profiles profiles,
    Rejections rejections,
    Notices notices,
    Members members,
    Leavers leavers,
    Work work,
    Traffic traffic,
    @Nullable Reason stopReason,
    @Nullable String stopAdvice,
    double maxDrift,
    Following following)
    implements ExportPreview {
  /** The largest share of a segment that may have changed since its preview, by default. */
  public static final double MAX_DRIFT = 0.05;

  /** What runs an export that was previewed. */
  public interface Following {
    /** Runs it, if no larger share of the segment has changed than that. */
    ExportReport run(double maxDrift);
  }

  @Override
  public ExportPreview maxDrift(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The largest share of the segment that may have changed must be from 0 to 1 (0.05 is a"
              + " twentieth of its customers); it is "
              + share
              + ".");
    }
    return with(share, following);
  }

  /** Returns the same with another way to run it. */
  public PreviewData following(Following another) {
    return with(maxDrift, another);
  }

  private PreviewData with(double maxDrift, Following following) {
    return new PreviewData(
        segment,
        list,
        mode,
        startedAt,
        took,
        profiles,
        rejections,
        notices,
        members,
        leavers,
        work,
        traffic,
        stopReason,
        stopAdvice,
        maxDrift,
        following);
  }

  @Override
  public ExportReport run() {
    return following.run(maxDrift);
  }

  @Override
  public String toJson() {
    return PreviewText.json(this);
  }

  @Override
  public String toHtml() {
    return PreviewPage.html(this);
  }

  @Override
  public String toString() {
    return PreviewText.summary(this);
  }
}
