package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.page.Tone;
import io.github.klaviyoexport.internal.page.Verdict;
import io.github.klaviyoexport.internal.text.InWords;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a report comes to: how the export went in one sentence, and what to do next. */
final class ReportVerdict {
  private static final String RUN_AGAIN =
      "Then run the export again; profiles that are in the list already are not added twice.";

  private ReportVerdict() {}

  static Verdict of(ExportReport report) {
    if (report.stopReason() != null) {
      Stop stop = Stop.of(report.stopReason());
      return new Verdict(
          Tone.BAD,
          "Stopped",
          "The export stopped before its end: " + stop.happened() + ". " + figures(report),
          List.of(stop.next()));
    }
    if (report.profiles().read() == 0) {
      return new Verdict(
          report.isClean() ? Tone.GOOD : Tone.OPEN,
          "Nothing to export",
          "The segment was empty.",
          List.of("If it should not be, check the source and the name of the segment."));
    }
    List<String> next = next(report);
    if (next.isEmpty()) {
      return new Verdict(
          Tone.GOOD, "All is well", figures(report), List.of("There is nothing to do."));
    }
    boolean lost = report.profiles().unconfirmed() > 0;
    return new Verdict(
        Tone.OPEN, lost ? "Not all is confirmed" : "Done, and worth a look", figures(report), next);
  }

  private static String figures(ExportReport report) {
    ExportReport.Profiles profiles = report.profiles();
    if (profiles.read() == 0) {
      return "No profile was read.";
    }
    List<String> parts = new ArrayList<>();
    add(parts, profiles.accepted(), "accepted");
    add(parts, profiles.unchanged(), "unchanged and not sent");
    add(parts, profiles.rejected(), "rejected");
    add(parts, profiles.duplicates(), "left out as duplicates");
    add(parts, profiles.unconfirmed(), "unconfirmed");
    String last = parts.remove(parts.size() - 1);
    return "Of "
        + InWords.count(profiles.read(), "profile")
        + " read, "
        + (parts.isEmpty() ? "" : String.join(", ", parts) + " and ")
        + last
        + ".";
  }

  private static void add(List<String> parts, long count, String became) {
    if (count > 0) {
      // The first part carries the verb for all of them.
      String verb = parts.isEmpty() ? count == 1 ? "was " : "were " : "";
      parts.add(InWords.number(count) + " " + verb + became);
    }
  }

  private static List<String> next(ExportReport report) {
    List<String> next = new ArrayList<>();
    if (report.profiles().unconfirmed() > 0) {
      next.add(
          "Run the export again: of "
              + InWords.count(report.profiles().unconfirmed(), "profile")
              + " it is not known whether Klaviyo has them, and none is added twice. Of these, "
              + UnconfirmedReasons.inWords(report)
              + ".");
    }
    if (report.profiles().rejected() > 0 || report.rejections().fields() > 0) {
      next.add(
          "Correct what the rejections below name, in the source or in the mapping. " + RUN_AGAIN);
    }
    if (!report.notices().missingFields().isEmpty()) {
      next.add("Check the mapping: it names fields that no profile had.");
    }
    ExportReport.Leavers leavers = report.leavers();
    if (leavers.kept() != null) {
      next.add(
          "Leavers are still in the list, because "
              + PageWords.plain(leavers.kept().advice())
              + ".");
    } else if (leavers.removed() < leavers.found()) {
      next.add("Run the export again: not every leaver was removed.");
    }
    if (leavers.undecided() > 0) {
      next.add(
          "Correct the email addresses and phone numbers that cannot be read: "
              + InWords.count(leavers.undecided(), "member")
              + " may belong to them and stayed in the list.");
    }
    return next;
  }

  /**
   * What stopped an export.
   *
   * @param happened what happened, as a clause
   * @param next what to do, as a sentence
   */
  record Stop(String happened, String next) {
    private static final Map<Reason, Stop> STOPS = new EnumMap<>(Reason.class);

    static {
      stop(
          Reason.SOURCE_FAILED,
          "the source could not be read",
          "Mend the source, then run the export again or resume it.");
      stop(
          Reason.MAPPING_UNFIT,
          "the mapping does not fit the source",
          "Correct the mapping; the message of the exception names the field.");
      stop(
          Reason.LIMIT_EXCEEDED,
          "the segment has more profiles than the export may send",
          "If that many are meant, raise the limit and run the export again.");
      stop(
          Reason.SEGMENT_CHANGED,
          "the segment has changed since it was previewed",
          "Look at it once more, and run what that shows.");
      stop(
          Reason.SIZE_CHANGED,
          "the segment is many times larger or smaller than last time",
          "If that is meant, allow it for this run; if not, check the source.");
      stop(
          Reason.TOO_MANY_REJECTED,
          "too much was rejected",
          "Correct what the rejections below name: so many mostly mean one wrong mapping.");
      stop(
          Reason.TOO_MANY_LEAVERS,
          "too many members would leave the list",
          "If they are all to leave, allow a greater share of leavers. Nobody was removed.");
      stop(
          Reason.EMPTY_SEGMENT,
          "the segment was empty, and the list would be too",
          "Check the source and the name of the segment. Nobody was removed.");
      stop(
          Reason.LIST_NOT_FOUND,
          "Klaviyo does not know the list",
          "Check the list's id or name, and the account.");
      stop(
          Reason.LIST_AMBIGUOUS,
          "Klaviyo has several lists of that name",
          "Name the list by its id; the message of the exception has the ids to choose from.");
      stop(
          Reason.UNAUTHORIZED,
          "Klaviyo does not know the key",
          "Give the connection a key that is valid.");
      stop(
          Reason.FORBIDDEN,
          "the key lacks a scope",
          "Give the connection a key with the scopes that the exception names.");
      stop(
          Reason.EDGE_CHALLENGE,
          "Klaviyo's network edge took this machine for a robot",
          "Run the export from another address, or ask Klaviyo to admit this one.");
      stop(
          Reason.REFUSED,
          "Klaviyo refused a request",
          "The message of the exception says what Klaviyo gave as the reason.");
      stop(
          Reason.UNAVAILABLE,
          "Klaviyo gave no usable answer",
          "Run the export again later, or resume it.");
      stop(
          Reason.ALREADY_RUNNING,
          "the same export is running already",
          "Wait until that one has ended.");
      stop(
          Reason.OTHER_MIRROR,
          "the list is a mirror of another segment",
          "Choose another list, or let only one of the two segments be mirrored.");
      stop(
          Reason.PRIOR_JOBS,
          "jobs of an earlier run had not ended at Klaviyo",
          "Run the export again later.");
      stop(
          Reason.JOURNAL_FAILED,
          "the journal could not be read or written",
          "Mend the place where the journal is, then run the export again or resume it.");
      stop(
          Reason.MEMORY_FAILED,
          "the memory of what was confirmed could not be read or written",
          "Mend the place where the memory is, then run the export again.");
      stop(
          Reason.NOT_RESUMABLE,
          "the unfinished run cannot be resumed as the export is set up now",
          "Run the export anew, or resume it with the settings that it had.");
      stop(
          Reason.DEADLINE,
          "its deadline passed",
          "Run the export again or resume it, with more time.");
      stop(Reason.CANCELLED, "it was cancelled", "Run the export again or resume it.");
      stop(Reason.INTERRUPTED, "its thread was interrupted", "Run the export again or resume it.");
      stop(
          Reason.RUNTIME_UNFIT,
          "what the exporter runs on does not fit",
          "The message of the exception says what is missing.");
      stop(Reason.FAULT, "the exporter failed", "Report the cause of the exception as a fault.");
    }

    private static void stop(Reason reason, String happened, String next) {
      STOPS.put(reason, new Stop(happened, next));
    }

    static Stop of(Reason reason) {
      Stop stop = STOPS.get(reason);
      return stop != null
          ? stop
          : new Stop(
              PageWords.name(reason).toLowerCase(Locale.ROOT),
              "The message of the exception says what to do.");
    }

    static boolean isKnown(Reason reason) {
      return STOPS.containsKey(reason);
    }
  }
}
