package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Job;
import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.ExportReport.Notices;
import io.github.klaviyoexport.ExportReport.Profiles;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import io.github.klaviyoexport.ExportReport.Traffic;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.page.Facts;
import io.github.klaviyoexport.internal.page.HtmlPage;
import io.github.klaviyoexport.internal.page.Markup;
import io.github.klaviyoexport.internal.page.StackedBar;
import io.github.klaviyoexport.internal.page.Table;
import io.github.klaviyoexport.internal.page.Tone;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The page of a report: what an export has come to, for people.
 *
 * <p>It shows what the report's JSON does, and of long lists their beginning only, so that it stays
 * small however large the export was.
 */
final class ReportPage {
  static final int MOST_ROWS = 25;

  private final ExportReport report;

  private ReportPage(ExportReport report) {
    this.report = report;
  }

  static String html(ExportReport report) {
    return new ReportPage(report).html();
  }

  private String html() {
    HtmlPage page =
        new HtmlPage("Export of " + report.segment() + " to list " + list())
            .header(this::header)
            .section("What became of the profiles", this::profiles);
    if (report.mode() != SyncMode.UPSERT) {
      page.section("Members who left the segment", this::leavers);
    }
    ListVerification verification = report.verification();
    if (verification != null) {
      page.section("The list, read back", to -> readBack(verification, to));
    }
    ReportTimeline timeline = new ReportTimeline(report);
    if (!timeline.isEmpty()) {
      page.section("When it happened", timeline::writeTo);
    }
    if (!report.rejections().reasons().isEmpty()) {
      page.section("What was rejected, and why", this::rejections);
    }
    if (!report.unconfirmedCustomers().isEmpty()) {
      page.section("Unconfirmed customers", this::unconfirmed);
    }
    if (!report.notices().equals(NoticesData.NONE)) {
      page.section("Noticed", this::notices);
    }
    if (!report.profiles().bySegment().isEmpty()) {
      page.section("Segments", this::segments);
    }
    if (!report.jobs().isEmpty()) {
      page.section("Import jobs", this::jobs);
    }
    page.section("Calls to Klaviyo", this::traffic);
    return page.footer(
            to -> {
              to.open("p");
              if (!report.run().isEmpty()) {
                to.text("Run ").element("code", report.run()).text(". ");
              }
              to.text("This page holds counts, ids and reasons, and no value of any profile.");
              to.close();
            })
        .toHtml();
  }

  private String list() {
    ListId list = report.list();
    return list == null ? "that was not found" : list.value();
  }

  private void header(Markup to) {
    to.element("p", "Export report", "class", "kind").open("h1").text("Segment ");
    to.name(report.segment().toString()).text(" to list ").name(list()).close();
    to.open("p", "class", "facts").element("span", PageWords.mode(report.mode()));
    to.text(" · ").element("span", "started " + InWords.moment(report.startedAt()));
    to.text(" · ").element("span", "took " + InWords.duration(report.took())).close();
    ReportVerdict.of(report).writeTo(to);
  }

  private void profiles(Markup to) {
    Profiles profiles = report.profiles();
    String unsent =
        profiles.unsent() == 0 ? "" : InWords.number(profiles.unsent()) + " of them never sent";
    StackedBar bar = new StackedBar("profiles read");
    bar.part("Accepted", profiles.accepted(), Tone.GOOD);
    if (profiles.unchanged() > 0) {
      bar.part("Unchanged, not sent", profiles.unchanged(), Tone.CALM);
    }
    bar.part("Duplicates, left out", profiles.duplicates(), Tone.QUIET);
    bar.part("Rejected", profiles.rejected(), Tone.BAD);
    bar.part("Unconfirmed", profiles.unconfirmed(), Tone.OPEN, unsent);
    bar.writeTo(to);
    if (report.rejections().fields() > 0) {
      to.element(
          "p",
          InWords.count(report.rejections().fields(), "field was", "fields were")
              + " left out of profiles that were delivered otherwise.",
          "class",
          "note");
    }
  }

  private void leavers(Markup to) {
    Leavers leavers = report.leavers();
    Facts facts =
        new Facts()
            .fact("Members before", leavers.members())
            .fact("No longer in the segment", leavers.found())
            .fact("Removed from the list", leavers.removed())
            .fact("Stayed, undecided", leavers.undecided());
    if (report.mode() == SyncMode.TRACKED) {
      facts.fact("Not added by this export", leavers.notOurs());
    }
    facts.writeTo(to);
    if (leavers.kept() != null) {
      String nobody = leavers.removed() == 0 ? "Nobody" : "Nobody else";
      String why = PageWords.plain(leavers.kept().advice());
      to.element("p", nobody + " was removed, because " + why + ".", "class", "note");
    }
    if (leavers.unreadable() > 0) {
      to.element(
          "p",
          InWords.count(leavers.unreadable(), "customer")
              + " of the segment cannot be told from members, because the email address or phone"
              + " number cannot be read: as many of those that stayed or were removed may be"
              + " theirs.",
          "class",
          "note");
    }
  }

  private static void readBack(ListVerification found, Markup to) {
    Facts facts =
        new Facts().fact("Members", found.members()).fact("Customers missing", found.missing());
    if (found.isWhole()) {
      facts
          .fact("Members not in the segment", found.unexpected())
          .fact("Cannot be told", found.undecided());
    }
    facts.writeTo(to);
    to.element(
        "p",
        found.isEqual()
            ? "The list is what the segment says."
            : found.missing() == 0
                ? "Every customer that can be is in the list."
                : "Customers are missing from the list: run the export again.",
        "class",
        "note");
    if (!found.isWhole()) {
      to.element(
          "p",
          "Who else is in the list is not told: the source gives a part of the segment only.",
          "class",
          "note");
    }
  }

  private void rejections(Markup to) {
    Table reasons = new Table("Rejections by reason").words("Reason").numbers("How many");
    for (Reason reason : Reason.values()) {
      long count = report.rejections().reasons().getOrDefault(reason, 0L);
      if (count > 0) {
        reasons.row(PageWords.name(reason) + " – " + reason.advice(), count);
      }
    }
    reasons.writeTo(to);
    Table fields =
        new Table("Rejections by field")
            .names("Field")
            .shortWords("Lost")
            .words("Reason")
            .numbers("How many")
            .atMost(MOST_ROWS, "the report's JSON has them");
    boolean named = false;
    for (FieldCount count : report.rejections().byField()) {
      if (count.field() != null) {
        named = true;
        String type = count.type() == null ? "" : " (" + count.type() + ")";
        fields.row(
            count.field(),
            cost(count.scope()),
            PageWords.name(count.reason()) + type,
            count.count());
      }
    }
    if (named) {
      fields.writeTo(to);
    }
    Table first =
        new Table("The first rejections")
            .names("Customer")
            .names("Field")
            .shortWords("Lost")
            .words("Reason")
            .atMost(MOST_ROWS, "the report's JSON and a file of rejections have more");
    for (Rejection rejection : report.rejections().first()) {
      first.row(
          customer(rejection.customerId()),
          rejection.field() == null ? "–" : rejection.field(),
          cost(rejection.scope()),
          PageWords.name(rejection.reason()));
    }
    if (!report.rejections().first().isEmpty()) {
      first.writeTo(to);
    }
  }

  private static String customer(@Nullable String id) {
    return id == null ? "–" : EmailShape.shown(id);
  }

  private static String cost(Scope scope) {
    return scope == Scope.PROFILE ? "profile" : "field";
  }

  private void unconfirmed(Markup to) {
    to.element(
        "p",
        "Of these customers' profiles it is not known whether Klaviyo has imported them. Running"
            + " the export again settles it.");
    List<String> customers = report.unconfirmedCustomers();
    to.open("p");
    for (int i = 0; i < Math.min(MOST_ROWS, customers.size()); i++) {
      to.text(i == 0 ? "" : ", ").name(EmailShape.shown(customers.get(i)));
    }
    if (customers.size() > MOST_ROWS) {
      to.text(" and " + InWords.number(customers.size() - MOST_ROWS) + " more");
    }
    to.text(".").close();
  }

  private void notices(Markup to) {
    Notices notices = report.notices();
    to.open("ul", "class", "plain");
    for (String segment : notices.emptySegments()) {
      to.open("li").text("The segment ").name(segment).text(" was empty.").close();
    }
    for (String field : notices.missingFields()) {
      to.open("li").text("No profile had the mapped field ").name(field).text(".").close();
    }
    for (String field : notices.emptyFields()) {
      to.open("li").text("The mapped field ").name(field).text(" was always empty.").close();
    }
    if (notices.newList() != null) {
      to.element("li", "The list " + ReportText.newList(notices.newList()) + ".");
    }
    if (notices.emailIds()) {
      to.element(
          "li",
          "Customers have ids that are email addresses, which this page does not show: give them"
              + " ids that say nothing of the person.");
    }
    if (notices.revisionSupportEnds() != null) {
      to.element("li", ReportText.revisionEnds(notices.revisionSupportEnds()) + ".");
    }
    to.close();
  }

  private void segments(Markup to) {
    Table table =
        new Table("What was found in each segment")
            .names("Segment")
            .numbers("Read")
            .numbers("Duplicates")
            .numbers("Rejected before sending")
            .atMost(MOST_ROWS, "the report's JSON has them");
    for (SegmentCount count : report.profiles().bySegment()) {
      table.row(count.segment().toString(), count.read(), count.duplicates(), count.rejected());
    }
    table.writeTo(to);
  }

  private void jobs(Markup to) {
    List<Job> jobs = report.jobs();
    Facts facts = new Facts().fact("Jobs", jobs.size());
    for (JobStatus status : JobStatus.values()) {
      long count = jobs.stream().filter(job -> job.status() == status).count();
      if (count > 0) {
        facts.fact(PageWords.name(status), count);
      }
    }
    facts.fact("Profiles handed over", sum(jobs, Job::profiles)).writeTo(to);
    Table table =
        new Table("Import jobs, those first that did not import all of their profiles")
            .names("Job")
            .shortWords("Status")
            .numbers("Profiles")
            .numbers("Accepted")
            .numbers("Rejected")
            .shortWords("Made")
            .shortWords("Took")
            .atMost(MOST_ROWS, "the report's JSON has them");
    jobs.stream()
        .sorted(Comparator.comparing(job -> job.accepted() == job.profiles()))
        .forEach(
            job ->
                table.row(
                    job.id(),
                    PageWords.name(job.status()),
                    job.profiles(),
                    job.accepted(),
                    job.rejected(),
                    ReportTimeline.madeAfter(report, job),
                    ReportTimeline.took(job)));
    table.writeTo(to);
  }

  private static long sum(List<Job> jobs, ToLongFunction<Job> figure) {
    return jobs.stream().mapToLong(figure).sum();
  }

  private void traffic(Markup to) {
    Traffic traffic = report.traffic();
    Facts facts =
        new Facts()
            .fact("Calls", traffic.calls())
            .fact("Bytes sent", PageWords.bytes(traffic.bytesSent()))
            .fact("Waited for the quota", InWords.duration(traffic.paced()))
            .fact("Answered 429", InWords.count(traffic.rateLimited(), "time"));
    if (traffic.rateLimited() > 0) {
      facts.fact("Longest wait asked for", InWords.duration(traffic.longestRetryAfter()));
    }
    facts.writeTo(to);
  }
}
