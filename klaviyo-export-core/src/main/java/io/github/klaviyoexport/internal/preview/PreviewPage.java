package io.github.klaviyoexport.internal.preview;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportPreview.CallCount;
import io.github.klaviyoexport.ExportPreview.Members;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.ExportReport.Leavers;
import io.github.klaviyoexport.internal.page.Facts;
import io.github.klaviyoexport.internal.page.HtmlPage;
import io.github.klaviyoexport.internal.page.Markup;
import io.github.klaviyoexport.internal.page.StackedBar;
import io.github.klaviyoexport.internal.page.Table;
import io.github.klaviyoexport.internal.page.Tone;
import io.github.klaviyoexport.internal.page.Verdict;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.ArrayList;
import java.util.List;

/** A preview as a page, for those who are to agree to a run. */
final class PreviewPage {
  private static final int MOST_FIELDS = 100;

  private PreviewPage() {}

  /** Returns a preview as one HTML document that holds all it needs. */
  static String html(ExportPreview preview) {
    HtmlPage page = new HtmlPage("Preview: " + preview.segment() + " to " + preview.list());
    page.header(header -> header(preview, header));
    page.section("Profiles", main -> profiles(preview, main));
    page.section("The list", main -> members(preview, main));
    if (!preview.rejections().byField().isEmpty()) {
      page.section("What would be left out", main -> rejections(preview, main));
    }
    page.section("What a run needs", main -> work(preview, main));
    page.footer(
        footer ->
            footer.element(
                "p",
                "Looked at on "
                    + InWords.moment(preview.startedAt())
                    + ", for "
                    + InWords.duration(preview.took())
                    + ", with "
                    + InWords.count(preview.traffic().calls(), "call")
                    + ". Nothing was changed. What Klaviyo will refuse, and what others change until"
                    + " the run, is not known."));
    return page.toHtml();
  }

  private static void header(ExportPreview preview, Markup to) {
    to.open("h1").text("Preview of segment ").name(preview.segment().name());
    to.text(" to list ").name(preview.list().value()).closeLine();
    verdict(preview).writeTo(to);
  }

  private static Verdict verdict(ExportPreview preview) {
    String advice = preview.stopAdvice();
    if (advice != null) {
      return new Verdict(
          Tone.BAD,
          "Would stop",
          "A run would stop before its end, for the reason " + preview.stopReason() + ".",
          List.of(sentence(advice)));
    }
    List<String> looks = new ArrayList<>();
    if (preview.profiles().rejected() > 0 || preview.rejections().fields() > 0) {
      looks.add("See what would be left out.");
    }
    if (!preview.notices().missingFields().isEmpty()) {
      looks.add("Mapped fields are missing in every profile: see the mapping.");
    }
    if (preview.leavers().kept() != null) {
      looks.add(
          sentence("no leaver would be removed, because " + preview.leavers().kept().advice()));
    }
    String said =
        InWords.count(preview.profiles().toSend(), "profile")
            + " would be sent"
            + (preview.mode().removesLeavers()
                ? ", and "
                    + InWords.count(preview.leavers().found(), "member")
                    + " would leave the list."
                : ".");
    return looks.isEmpty()
        ? new Verdict(Tone.GOOD, "Ready", said, List.of())
        : new Verdict(Tone.OPEN, "Have a look", said, looks);
  }

  private static String sentence(String clause) {
    return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
  }

  private static void profiles(ExportPreview preview, Markup to) {
    Members members = preview.members();
    StackedBar bar = new StackedBar("profiles read");
    if (members.additions().isPresent()) {
      bar.part("Additions", members.additions().orElse(0), Tone.GOOD, "not in the list yet");
      bar.part("Updates", members.updates().orElse(0), Tone.CALM, "in the list already");
    } else {
      bar.part("To send", preview.profiles().toSend(), Tone.GOOD);
    }
    bar.part("Unchanged", preview.profiles().unchanged(), Tone.QUIET, "not sent again");
    bar.part("Duplicates", preview.profiles().duplicates(), Tone.QUIET);
    bar.part("Rejected", preview.profiles().rejected(), Tone.BAD);
    bar.writeTo(to);
    Facts facts = new Facts();
    facts.fact("New profiles of the account, at most", members.newProfilesAtMost());
    if (members.known().isPresent()) {
      facts.fact("Not in the list, and known to Klaviyo", members.known().getAsLong());
    }
    facts.writeTo(to);
  }

  private static void members(ExportPreview preview, Markup to) {
    Members members = preview.members();
    if (!members.isKnown()) {
      to.element(
          "p",
          members.additions().isPresent()
              ? "The list's members were not read: what is an addition or an update is remembered."
              : "The list's members were not read: additions and updates are not told apart.");
      return;
    }
    if (!members.isWhole()) {
      to.element(
          "p",
          "The list has "
              + InWords.count(members.members(), "member")
              + ". Who else is in it is not told, because the source gives a part of the segment"
              + " only.");
      return;
    }
    Leavers leavers = preview.leavers();
    boolean mirrors = preview.mode().removesLeavers();
    StackedBar bar = new StackedBar("members of the list");
    long undecided = mirrors ? leavers.undecided() : 0;
    bar.part("In the segment", members.members() - members.others(), Tone.GOOD);
    if (mirrors) {
      bar.part("Leavers", leavers.found(), Tone.BAD, "would be taken out of the list");
      bar.part("Undecided", undecided, Tone.OPEN, "may be customers that cannot be read");
    } else {
      bar.part("Others", members.others(), Tone.QUIET, "not in the segment; they stay");
    }
    bar.writeTo(to);
  }

  private static void rejections(ExportPreview preview, Markup to) {
    Table table = new Table("What would be left out, by field and reason");
    table.names("Field").words("Reason").words("What it costs").numbers("How many");
    table.atMost(MOST_FIELDS, "the preview as JSON has them");
    for (FieldCount count : preview.rejections().byField()) {
      table.row(
          count.field() == null ? "" : count.field(),
          count.reason() + ": " + count.reason().advice(),
          count.scope() == Scope.PROFILE ? "the whole profile" : "this field only",
          count.count());
    }
    table.writeTo(to);
  }

  private static void work(ExportPreview preview, Markup to) {
    new Facts()
        .fact("Batches", preview.work().batches())
        .fact("Bytes", preview.work().bytes())
        .fact("Calls, at least", preview.work().callsInAll())
        .fact("Time under the quota, at least", InWords.duration(preview.work().leastTime()))
        .writeTo(to);
    Table table = new Table("Calls by operation, in the order in which a run makes them");
    table.words("Operation").numbers("Calls").words("Time, at least");
    for (CallCount count : preview.work().calls()) {
      table.row(
          count.operation() + (count.isLeast() ? " (at least)" : ""),
          count.calls(),
          InWords.duration(count.leastTime()));
    }
    table.writeTo(to);
  }
}
