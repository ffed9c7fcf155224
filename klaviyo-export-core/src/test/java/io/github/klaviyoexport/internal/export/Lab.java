package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import io.github.klaviyoexport.testing.TestTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Exports of the segment vip to the list of a small Klaviyo, in virtual time, overheard. */
public final class Lab implements ExportListener {
  public static final Segment VIP = Segment.named("vip");
  public static final ListId LIST = ListId.of("Y6nRLr");
  public static final FieldNames FIELDS = FieldNames.of("Email", "Phone", "City", "LTV");

  public final TestTime time = new TestTime();
  public final SmallKlaviyo klaviyo = new SmallKlaviyo(time);
  public final List<String> events = new ArrayList<>();
  public final List<Rejection> rejections = new ArrayList<>();
  public final List<ExportProgress> progresses = new ArrayList<>();
  public final List<String> warnings = new ArrayList<>();

  /** An exporter as most tests need it: whatever is rejected, it goes on to the end. */
  public SegmentExporter.Builder exporter(ProfileSource source) {
    return guarded(source).maxRejected(1).maxRejectedFields(1);
  }

  /** An exporter that stops when too much is rejected, as by default. */
  SegmentExporter.Builder guarded(ProfileSource source) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo))
        .mapping(
            FieldMapping.email("Email")
                .phone("Phone")
                .city("City")
                .property("Lifetime/value", "LTV"))
        .time(time)
        .listener(this);
  }

  public ExportReport export(List<CustomerProfile> customers) {
    return export(segment -> ProfileReader.of(customers));
  }

  public ExportReport export(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source).build()) {
      return exporter.export(VIP, LIST);
    }
  }

  public ExportException stopped(List<CustomerProfile> customers) {
    return stopped(segment -> ProfileReader.of(customers));
  }

  public ExportException stopped(ProfileSource source) {
    try (SegmentExporter exporter = exporter(source).build()) {
      return stopped(exporter.prepare(VIP, LIST));
    }
  }

  public static ExportException stopped(SegmentExport export) {
    ExportException stopped = catchThrowableOfType(ExportException.class, export::run);
    assertThat(stopped).as("what stopped the export").isNotNull();
    return stopped;
  }

  /** Good customers, numbered from 1. */
  public static List<CustomerProfile> customers(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Lab::customer).toList();
  }

  public static CustomerProfile customer(int number) {
    return CustomerProfile.of(
        id(number), FIELDS, email(number), "+3584012" + (10_000 + number), "London", number);
  }

  public static String id(int number) {
    return "c-" + number;
  }

  public static String email(int number) {
    return "customer." + number + "@shop.example";
  }

  public static int number(String email) {
    return Integer.parseInt(email.replaceAll("\\D", ""));
  }

  @Override
  public void started(Segment segment, ListId list) {
    events.add("started " + segment + " " + list);
  }

  @Override
  public void batchSent(String jobId, int profiles, long bytes) {
    events.add("batchSent " + jobId + " " + profiles);
  }

  @Override
  public void jobFinished(ExportReport.Job job) {
    events.add("jobFinished " + job.id() + " " + job.status());
  }

  @Override
  public void listRead(long members, long leavers) {
    events.add("listRead " + members + " " + leavers);
  }

  @Override
  public void leaversRemoved(long leavers) {
    events.add("leaversRemoved " + leavers);
  }

  @Override
  public void rejected(Rejection rejection) {
    rejections.add(rejection);
  }

  @Override
  public void rateLimited(Duration retryAfter) {
    events.add("rateLimited " + retryAfter);
  }

  @Override
  public void progressed(ExportProgress progress) {
    progresses.add(progress);
  }

  @Override
  public void warned(String what) {
    warnings.add(what);
  }

  /** What others were waited for, by the progress. */
  public List<String> waits() {
    return progresses.stream().flatMap(progress -> progress.waitingFor().stream()).toList();
  }

  @Override
  public void finished(ExportReport report) {
    events.add("finished");
  }
}
