package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.preview.PreviewData;
import io.github.klaviyoexport.internal.preview.PreviewMembersData;
import io.github.klaviyoexport.internal.preview.PreviewProfilesData;
import io.github.klaviyoexport.internal.preview.PreviewWorkData;
import io.github.klaviyoexport.internal.report.CallCountData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A preview of an export: what it would do, made by reading and checking everything and changing
 * nothing at Klaviyo, in the journal or in any list.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="preview"}
 *
 * <p>What a run would do to each customer's row is counted by the code that does it, so these
 * figures are exact as long as segment and list stay as they are. A preview cannot know what
 * Klaviyo will refuse, what others change meanwhile, whether another run holds the export, or which
 * jobs of an earlier run are still open. Where a figure is an estimate, it says so.
 *
 * <p>A preview is immutable and safe for use by many threads. It holds ids, counts and reasons, and
 * no personal data. It can be {@linkplain #run() run} as long as its exporter is open.
 */
public sealed interface ExportPreview permits PreviewData {
  /** Returns what would be exported. */
  Segment segment();

  /** Returns the list it would be exported to. */
  ListId list();

  /** Returns what the export would do with the list's members. */
  SyncMode mode();

  /** Returns when the look began, by the exporter's clock. */
  Instant startedAt();

  /** Returns how long the look took. */
  Duration took();

  /** Returns how many profiles were read, and what would become of them. */
  Profiles profiles();

  /** Returns what would be set aside before it is sent, and why. */
  ExportReport.Rejections rejections();

  /** Returns what was noticed in the profiles that would be let pass. */
  ExportReport.Notices notices();

  /** Returns what the segment means for the list's members, as far as the list was looked at. */
  Members members();

  /**
   * Returns the members that would leave; all figures are zero unless the mode is {@link
   * SyncMode#MIRROR}. None is removed yet.
   */
  ExportReport.Leavers leavers();

  /** Returns the calls that a run needs. */
  Work work();

  /** Returns what the look itself took of network and quota. */
  ExportReport.Traffic traffic();

  /**
   * Returns why a run would stop for what it finds, {@link ExportException.Reason#TOO_MANY_LEAVERS}
   * for example; {@code null} if nothing says that it would.
   */
  ExportException.@Nullable Reason stopReason();

  /**
   * Returns what happens then and what to do about it, in a clause; {@code null} if it does not.
   */
  @Nullable String stopAdvice();

  /**
   * Returns the largest share of the segment's customers that may have joined, left or changed by
   * the time the preview is run; 0.05 unless set otherwise.
   */
  double maxDrift();

  /**
   * Sets the largest share of the segment's customers that may have joined, left or changed by the
   * time the preview is run; with 0 it must be the same to the last field.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  ExportPreview maxDrift(double share);

  /**
   * Runs what was previewed on this thread, and returns when Klaviyo has confirmed every profile.
   *
   * <p>The segment is read once more before anything is sent, to see how much of it has changed
   * since the preview. Of up to 4,096 profiles that is exact; of more it is estimated from a sample
   * of 4,096, with a standard error of 0.34 % where 5 % have changed. That nothing at all has
   * changed is always told exactly.
   *
   * @throws ExportException of reason {@link ExportException.Reason#SEGMENT_CHANGED} if more has
   *     changed than {@link #maxDrift()} allows; else as {@link SegmentExport#run()}
   * @throws IllegalStateException if the exporter is closed, or the preview was read from where it
   *     was kept
   */
  ExportReport run();

  /** Returns the preview as one JSON object, for machines. */
  String toJson();

  /**
   * Returns the preview as a page for people who are to agree to a run: one HTML document that
   * holds all it needs, runs no code and fetches nothing. It is well-formed XML too.
   */
  String toHtml();

  /** Returns the preview in a few lines, for people and logs. */
  @Override
  String toString();

  /**
   * How many profiles were read, and what would become of them: {@code read = toSend + unchanged +
   * rejected + duplicates}.
   */
  sealed interface Profiles permits PreviewProfilesData {
    /** Returns how many profiles were read from the source. */
    long read();

    /** Returns how many profiles would be sent. */
    long toSend();

    /**
     * Returns how many profiles would not be sent because Klaviyo has confirmed the same before; 0
     * unless only what changed is sent.
     */
    long unchanged();

    /** Returns how many profiles would be set aside before they are sent. */
    long rejected();

    /** Returns how many would be left out because their identifier stood in the segment before. */
    long duplicates();

    /** Returns what was found in each segment of several, in their order; empty for one. */
    List<ExportReport.SegmentCount> bySegment();
  }

  /** What a segment means for a list's members. */
  sealed interface Members permits PreviewMembersData {
    /**
     * Returns whether the list was looked at; if not, additions and updates are what the memory
     * says, and without a memory they are not told apart: see {@link PreviewOptions#readMembers()}.
     */
    boolean isKnown();

    /**
     * Returns whether the source gives the whole segment. Of a part of it, such as the customers
     * that changed, it is not told who else is in the list.
     */
    boolean isWhole();

    /** Returns how many members the list has; 0 if it was not looked at. */
    long members();

    /**
     * Returns how many of the profiles to send are of customers that are no members yet; empty if
     * that is not known.
     */
    OptionalLong additions();

    /**
     * Returns how many of the profiles to send are of customers that are members; empty if that is
     * not known.
     */
    OptionalLong updates();

    /**
     * Returns how many members are not in the segment, or cannot be told from its customers; 0 if
     * the list was not looked at, or the source gives a part of the segment only.
     */
    long others();

    /**
     * Returns how many profiles Klaviyo knows of customers that are no members, if they were
     * {@linkplain PreviewOptions#lookUpProfiles() looked up}.
     */
    OptionalLong known();

    /**
     * Returns how many profiles may become new ones of the account, which Klaviyo may bill: an
     * upper bound. Customers without an email address cannot be looked up, and count as new.
     */
    long newProfilesAtMost();
  }

  /** The calls that a run needs. */
  sealed interface Work permits PreviewWorkData {
    /** Returns how many batches the profiles make. */
    int batches();

    /** Returns how many bytes the bodies of those batches have. */
    long bytes();

    /** Returns the calls by operation, in the order in which a run makes them. */
    List<CallCount> calls();

    /** Returns how many calls there are. */
    long callsInAll();

    /**
     * Returns the least time that these calls take under the account's quota, if nothing else
     * calls; Klaviyo's own time to answer and to import comes on top.
     */
    Duration leastTime();
  }

  /** How many calls of one operation a run needs. */
  sealed interface CallCount permits CallCountData {
    /** Returns the operation, in words. */
    String operation();

    /** Returns how many calls of it there are. */
    long calls();

    /** Returns the least time that they take under the quota. */
    Duration leastTime();

    /**
     * Returns whether the number is the least there can be and no forecast: how often Klaviyo is
     * asked for its jobs depends on how long it works on them.
     */
    boolean isLeast();
  }
}
