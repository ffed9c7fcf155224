package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A report as a value, made by the engine and by what reads reports that were kept. */
public record ReportData(
    String run,
    Segment segment,
    @Nullable ListId list,
    SyncMode mode,
    Instant startedAt,
    Duration took,
    Profiles profiles,
    Rejections rejections,
    List<String> unconfirmedCustomers,
    List<Job> jobs,
    Leavers leavers,
    Traffic traffic,
    Notices notices,
    @Nullable Reason stopReason,
    @Nullable ListVerification verification)
    implements ExportReport {
  /** Copies what it is given. */
  public ReportData {
    unconfirmedCustomers = List.copyOf(unconfirmedCustomers);
    jobs = List.copyOf(jobs);
  }

  /** Creates the report of an export whose list was not read back. */
  public ReportData(
      String run,
      Segment segment,
      @Nullable ListId list,
      SyncMode mode,
      Instant startedAt,
      Duration took,
      Profiles profiles,
      Rejections rejections,
      List<String> unconfirmedCustomers,
      List<Job> jobs,
      Leavers leavers,
      Traffic traffic,
      Notices notices,
      @Nullable Reason stopReason) {
    this(
        run,
        segment,
        list,
        mode,
        startedAt,
        took,
        profiles,
        rejections,
        unconfirmedCustomers,
        jobs,
        leavers,
        traffic,
        notices,
        stopReason,
        null);
  }

  /** Returns the same with a comparison of the list with the segment. */
  public ReportData verification(@Nullable ListVerification made) {
    return new ReportData(
        run,
        segment,
        list,
        mode,
        startedAt,
        took,
        profiles,
        rejections,
        unconfirmedCustomers,
        jobs,
        leavers,
        traffic,
        notices,
        stopReason,
        made);
  }

  /**
   * Creates the report of an export that stopped before its run began, at once.
   *
   * @param why why it stopped
   */
  public static ReportData notBegun(
      Segment segment, @Nullable ListId list, SyncMode mode, Instant now, @Nullable Reason why) {
    return notBegun(segment, list, mode, now, Duration.ZERO, TrafficData.NONE, why);
  }

  /**
   * Creates the report of an export that stopped before its run began.
   *
   * @param list the list; {@code null} if it was to be found and was not
   * @param took how long it went on
   * @param traffic what its calls amount to
   * @param why why it stopped
   */
  public static ReportData notBegun(
      Segment segment,
      @Nullable ListId list,
      SyncMode mode,
      Instant began,
      Duration took,
      Traffic traffic,
      @Nullable Reason why) {
    return new ReportData(
        "",
        segment,
        list,
        mode,
        began,
        took,
        ProfilesData.NONE,
        RejectionsData.NONE,
        List.of(),
        List.of(),
        LeaversData.NONE,
        traffic,
        NoticesData.NONE,
        why);
  }

  @Override
  public boolean isConfirmed() {
    return profiles.unconfirmed() == 0;
  }

  @Override
  public boolean isClean() {
    return stopReason == null
        && isConfirmed()
        && profiles.rejected() == 0
        && rejections.fields() == 0
        && notices.missingFields().isEmpty()
        && leavers.kept() == null
        && leavers.undecided() == 0
        && leavers.removed() == leavers.found()
        && (verification == null
            || (mode == SyncMode.MIRROR ? verification.isEqual() : verification.missing() == 0));
  }

  @Override
  public String toJson() {
    return ReportText.json(this);
  }

  @Override
  public String toHtml() {
    return ReportPage.html(this);
  }

  @Override
  public String toCsv() {
    return ReportText.csv(this);
  }

  @Override
  public String rejectionsToCsv() {
    return ReportText.rejectionsCsv(rejections.first());
  }

  @Override
  public String rejectionsToSpreadsheetCsv() {
    return ReportText.rejectionsSpreadsheetCsv(rejections.first());
  }

  @Override
  public String toString() {
    return ReportText.summary(this);
  }
}
