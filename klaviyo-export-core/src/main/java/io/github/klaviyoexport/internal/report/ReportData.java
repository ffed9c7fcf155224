package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A report as a value, made by the engine and by what reads reports that were kept. */
public record ReportData(
    String run,
    Segment segment,
    ListId list,
    SyncMode mode,
    Instant startedAt,
    Duration took,
    Profiles profiles,
    Rejections rejections,
    List<String> unconfirmedCustomers,
    List<Job> jobs,
    Leavers leavers,
    Traffic traffic)
    implements ExportReport {
  /** Copies what it is given. */
  public ReportData {
    unconfirmedCustomers = List.copyOf(unconfirmedCustomers);
    jobs = List.copyOf(jobs);
  }

  /** Creates the report of an export that stopped before its run began. */
  public static ReportData notBegun(Segment segment, ListId list, SyncMode mode, Instant now) {
    return new ReportData(
        "",
        segment,
        list,
        mode,
        now,
        Duration.ZERO,
        ProfilesData.NONE,
        RejectionsData.NONE,
        List.of(),
        List.of(),
        LeaversData.NONE,
        TrafficData.NONE);
  }

  @Override
  public boolean isConfirmed() {
    return profiles.unconfirmed() == 0;
  }

  @Override
  public String toJson() {
    return ReportText.json(this);
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
