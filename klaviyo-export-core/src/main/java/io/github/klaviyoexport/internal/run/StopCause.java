package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.call.CallTraffic;
import io.github.klaviyoexport.internal.call.EventLoop.ClockFailedException;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.library.Library;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an export stops: the reason, what happened and what to do about it, and the cause.
 *
 * @param advice a clause without its full stop
 */
public record StopCause(Reason reason, String advice, @Nullable Throwable cause) {
  private static final String QUOTA_USED_UP =
      "The account's quota for that is used up: see which other apps and keys call Klaviyo for the"
          + " account, have them call less or at another time, and try again later";

  private static final String MORE_HEAP = "give the JVM more with -Xmx";

  /**
   * Returns whether what has been read is still handed over: the fault lies before Klaviyo, not
   * with it.
   */
  public boolean drains() {
    return reason == Reason.SOURCE_FAILED
        || reason == Reason.LIMIT_EXCEEDED
        || reason == Reason.SIZE_CHANGED;
  }

  /**
   * Returns whether what was handed over is waited for until Klaviyo has confirmed it, however long
   * that takes within the deadline: nothing hurries, and the report is to tell what is known.
   */
  boolean awaitsConfirmation() {
    return reason == Reason.TOO_MANY_REJECTED;
  }

  /** Returns the cause for a call that Klaviyo did not do. */
  public static StopCause of(Reply<?> reply, @Nullable ListId list) {
    if (reply instanceof Refused<?> refused) {
      return refused(refused, list);
    }
    if (reply instanceof Unanswered<?> unanswered) {
      return unanswered(unanswered);
    }
    throw new IllegalArgumentException("Klaviyo did it.");
  }

  /** Returns the cause for a list that is not there and is only made by an export. */
  public static StopCause listNotThere(ListRef list) {
    return new StopCause(
        Reason.LIST_NOT_FOUND,
        "Klaviyo has no list "
            + list
            + " yet: the first export makes it, and all of the segment is added then",
        null);
  }

  /** Returns the cause for a journal that cannot be opened, read or written. */
  public static StopCause journalFailed(IOException failure) {
    return new StopCause(
        Reason.JOURNAL_FAILED,
        "its journal failed, and it does not go on without it ("
            + Advice.clause(failure)
            + "); mend the journal and resume the export",
        UnquotedFailure.keepingMessage(failure));
  }

  /** Returns the cause for a mapping that does not fit the source's fields. */
  static StopCause mappingUnfit(IllegalArgumentException unfit) {
    return new StopCause(Reason.MAPPING_UNFIT, Advice.clause(unfit), unfit);
  }

  /** Returns the cause for a source that failed after so many profiles. */
  static StopCause sourceFailed(SourceFailure failure, long profilesRead) {
    Throwable thrown = failure.thrown();
    String what;
    if (thrown == null) {
      what = failure.method() + " returned null";
    } else if (UnquotedFailure.maySpeak(thrown)) {
      what = Advice.clause(thrown);
    } else {
      what = thrown.getClass().getName() + " in " + failure.method() + hint(thrown);
    }
    return new StopCause(
        Reason.SOURCE_FAILED,
        "its source failed after "
            + InWords.count(profilesRead, "profile")
            + " ("
            + what
            + "); mend the source and try again",
        thrown == null
            ? null
            : UnquotedFailure.maySpeak(thrown)
                ? UnquotedFailure.keepingMessage(thrown)
                : UnquotedFailure.of(thrown));
  }

  /** Returns what is known of an error in a source, with the comma or colon before it. */
  private static String hint(Throwable error) {
    if (error instanceof OutOfMemoryError) {
      return ", because memory ran out with "
          + heap()
          + ": "
          + MORE_HEAP
          + ", or read less at once";
    }
    if (error instanceof LinkageError) {
      return ": "
          + Library.of(error)
              .map(Library::advice)
              .orElse(
                  "a class that it needs is missing, or of another version than it was compiled"
                      + " with; see that its libraries fit together");
    }
    return "";
  }

  private static String heap() {
    return "a heap of " + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB";
  }

  /** Returns the cause for what failed where nothing should, or for the runtime's fault in it. */
  public static StopCause fault(Throwable fault) {
    String advice;
    if (fault instanceof OutOfMemoryError) {
      advice =
          "memory ran out with " + heap() + ": " + MORE_HEAP + ", or have fewer batches in flight";
    } else if (fault instanceof LinkageError) {
      advice =
          Library.of(fault)
              .map(Library::advice)
              .orElse(
                  "a class is missing, or of another version than the exporter was compiled with ("
                      + fault.getClass().getName()
                      + "): see that the class path holds each library once");
    } else if (fault instanceof ClockFailedException clock && clock.getCause() != null) {
      return new StopCause(
          Reason.RUNTIME_UNFIT,
          "the clock that it was given threw "
              + clock.getCause().getClass().getName()
              + ": mend the TimeSource, or leave it out",
          UnquotedFailure.of(clock.getCause()));
    } else {
      return new StopCause(
          Reason.FAULT,
          "the exporter failed where it should not: report the cause",
          UnquotedFailure.of(fault));
    }
    return new StopCause(Reason.RUNTIME_UNFIT, advice, UnquotedFailure.of(fault));
  }

  /** Returns the same cause with a sentence more, without its full stop. */
  public StopCause with(String sentence) {
    return new StopCause(reason, advice + ". " + sentence, cause);
  }

  /**
   * Returns the cause for a segment that is too large.
   *
   * @param found what is known of its size, as in "it has ..."
   */
  public static StopCause limitExceeded(long limit, String found) {
    return new StopCause(
        Reason.LIMIT_EXCEEDED,
        "the segment is larger than the limit of "
            + InWords.count(limit, "profile")
            + ": "
            + found
            + ". Klaviyo bills active profiles; if that many are meant, raise the limit with"
            + " limit(...)",
        null);
  }

  /**
   * Returns the cause for a mirror of nothing.
   *
   * @param customers how many customers the segment has, none of them with an identifier
   */
  public static StopCause emptySegment(long customers) {
    return new StopCause(
        Reason.EMPTY_SEGMENT,
        (customers == 0
                ? "the segment is empty"
                : "none of the segment's "
                    + InWords.count(customers, "customer")
                    + " has an identifier")
            + ", and its mirror would be an empty list. That is mostly a fault of the source, so"
            + " nothing was sent and nobody was removed: mend the source, or empty the list in"
            + " Klaviyo if that is meant",
        null);
  }

  /** Returns the cause for a mirror of several segments of which some have no customer. */
  public static StopCause emptySegments(List<String> segments) {
    boolean one = segments.size() == 1;
    return new StopCause(
        Reason.EMPTY_SEGMENT,
        (one ? "segment " : "segments ")
            + String.join(", ", segments)
            + (one ? " is" : " are")
            + " empty, or no customer there has an identifier, and the members that come from there"
            + " would leave the list. That is mostly a fault of the source, so nothing was sent and"
            + " nobody was removed: mend the source, or take "
            + (one ? "the segment" : "the segments")
            + " out of the export if that is meant",
        null);
  }

  /** Returns the cause for a mirror of a source that gives a part of the segment. */
  static StopCause partOfSegment() {
    return new StopCause(
        Reason.SOURCE_FAILED,
        "its source gives a part of the segment only, such as the customers that changed, and a"
            + " mirror would take all others for leavers, so nothing was sent. Mirror the whole"
            + " segment, or export the part with SyncMode.UPSERT",
        null);
  }

  /** Returns the cause for a mirror that would remove more members than it may. */
  public static StopCause tooManyLeavers(long leavers, long members, double maxLeavers) {
    return new StopCause(
        Reason.TOO_MANY_LEAVERS,
        InWords.number(leavers)
            + " of the list's "
            + InWords.count(members, "member")
            + (leavers == 1 ? " is" : " are")
            + " not in the segment, and an export removes at most "
            + InWords.percent(BigDecimal.valueOf(maxLeavers))
            + " of them, so nothing was sent and nobody was removed. Check that the list is the"
            + " right one and the segment whole"
            + (leavers > members / 2
                // To allow it would let two exports that fill one list empty it by turns.
                ? ", and that nothing else fills the list: two exports that mirror one list take"
                    + " out each other's members, so give each a list of its own. If most members"
                    + " are to leave for good, take them out in Klaviyo"
                : "; if so many are to leave, allow it with maxLeavers("
                    + InWords.shareOf(leavers, members)
                    + ")"),
        null);
  }

  /**
   * Returns the cause for a run of what was previewed when the segment is another by now.
   *
   * @param then how many profiles the preview was to send
   * @param now how many there are now
   * @param drift the share of them that has changed, as far as can be told
   * @param maxDrift the share that may have
   */
  public static StopCause segmentChanged(long then, long now, double drift, double maxDrift) {
    return new StopCause(
        Reason.SEGMENT_CHANGED,
        "the segment is not what the preview has shown: about "
            + InWords.percent(BigDecimal.valueOf(drift).round(new MathContext(2)))
            + " of its customers have joined, left or changed ("
            + InWords.count(then, "profile")
            + " were to be sent, and "
            + InWords.number(now)
            + " are now), and at most "
            + InWords.percent(BigDecimal.valueOf(maxDrift))
            + " may, so nothing was sent. Look at a new preview, or allow more with maxDrift(...)",
        null);
  }

  /**
   * Returns the cause for a mirror of a list of which another mirror runs.
   *
   * @param holder what runs it
   */
  public static StopCause mirrorRunning(ListId list, String holder, @Nullable Exception cause) {
    return new StopCause(
        Reason.ALREADY_RUNNING,
        "list "
            + list
            + " is being mirrored by "
            + holder
            + ": wait until that ends, and give each mirror a list of its own, since two would take"
            + " out each other's members",
        cause);
  }

  /** Returns the cause for a mirror of a list that is a mirror of another segment. */
  public static StopCause otherMirror(ListId list, String segment, Instant at) {
    return new StopCause(
        Reason.OTHER_MIRROR,
        "list "
            + list
            + " is a mirror of segment "
            + segment
            + ", last made at "
            + InWords.moment(at)
            + ". Two mirrors of one list take out each other's members, so nothing was sent and"
            + " nobody was removed: give each segment a list of its own. If this segment takes the"
            + " place of that one, say so with replacing(Segment.named(...))",
        null);
  }

  /** Returns the cause for pages of members whose links lead back to where they came from. */
  public static StopCause membersInCircles() {
    return new StopCause(
        Reason.UNAVAILABLE,
        "Klaviyo's pages of the list's members lead in a circle, so that it cannot be told who is"
            + " in the list: try again later",
        null);
  }

  /**
   * Returns the cause for jobs of an earlier run that have not ended.
   *
   * @param jobs which, in a clause
   * @param waited how long they were waited for
   */
  public static StopCause priorJobs(String jobs, Duration waited) {
    return new StopCause(
        Reason.PRIOR_JOBS,
        "Klaviyo has not ended "
            + jobs
            + ". It was waited for "
            + InWords.duration(waited)
            + ", because what it holds is older and must not be written over what is newer, so"
            + " nothing was sent. Run the export again when it has ended, or ask Klaviyo's support"
            + " about it; a job that is a day old is not waited for, and none is with"
            + " maxWaitForPriorJobs(Duration.ZERO)",
        null);
  }

  /** Returns the cause for an export whose thread was interrupted. */
  public static StopCause interrupted() {
    return new StopCause(Reason.INTERRUPTED, "its thread was interrupted; run it again", null);
  }

  /**
   * Returns the cause for an export that takes too long.
   *
   * @param jobs how many jobs Klaviyo has not ended
   * @param unread how many it has ended whose errors are not read
   * @param waitingFor what others had not done by then, in a clause
   */
  public static StopCause deadlinePassed(
      Duration deadline, long jobs, long unread, @Nullable String waitingFor) {
    String running = jobs == 0 ? "" : " goes on with " + InWords.count(jobs, "job");
    String ended =
        unread == 0
            ? ""
            : " has ended " + InWords.count(unread, "job") + " whose errors could not be read";
    return new StopCause(
        Reason.DEADLINE,
        "its deadline of "
            + InWords.duration(deadline)
            + " has passed"
            + (waitingFor == null ? "" : " while it waited for " + waitingFor)
            + (jobs + unread == 0
                ? ". Raise the deadline"
                : ". Klaviyo"
                    + running
                    + (jobs > 0 && unread > 0 ? ", and" : "")
                    + ended
                    + "; look "
                    + (jobs + unread == 1 ? "it up by the id" : "them up by the ids")
                    + " in the report, or raise the deadline"),
        null);
  }

  /**
   * Returns the cause for a deadline that passed while Klaviyo gave no usable answer.
   *
   * @param jobs how many jobs have not ended, or not told their errors
   */
  public static StopCause deadlinePassed(
      Duration deadline, long jobs, CallTraffic.Trouble trouble) {
    return new StopCause(
        Reason.DEADLINE,
        "its deadline of "
            + InWords.duration(deadline)
            + " has passed, and Klaviyo "
            + (trouble.rateLimited() ? "" : "could not be reached or ")
            + "gave no usable answer since "
            + InWords.moment(trouble.since())
            + (trouble.what() == null ? "" : ": last, it " + trouble.what())
            + ". "
            + (trouble.rateLimited()
                ? QUOTA_USED_UP
                : "Check network, firewall, proxy and Klaviyo's status page, and try again when"
                    + " Klaviyo answers")
            + (jobs == 0
                ? ""
                : "; what became of "
                    + InWords.count(jobs, "job")
                    + " is to be looked up there by the "
                    + (jobs == 1 ? "id" : "ids")
                    + " in the report"),
        null);
  }

  /** Returns the cause for a batch every part of which is refused without a profile being named. */
  public static StopCause refusedThroughout(Refused<?> refused) {
    return new StopCause(
        Reason.REFUSED,
        "Klaviyo refuses every part of a batch without naming a profile ("
            + Advice.answer(refused)
            + (refused.status() == 413
                ? "), however small it is: a proxy or gateway on the way probably takes no bodies of"
                    + " that size. Have it take bodies of 5 MB, which is what Klaviyo takes"
                : "), so it is not the profiles it minds: ask Klaviyo's support about it"),
        refused.asException());
  }

  /**
   * Returns the cause for a batch of which Klaviyo minded so many profiles that its bound was met.
   *
   * @param left how many profiles of it were not sent on
   * @param last what Klaviyo said to the last of the calls
   */
  public static StopCause tooOften(int left, int calls, int times, KlaviyoException last) {
    return new StopCause(
        Reason.REFUSED,
        "Klaviyo refused so many parts of one batch that its bound was met ("
            + InWords.count(calls, "call")
            + ", or "
            + InWords.count(times, "time")
            + " its bytes), so "
            + InWords.number(left)
            + " of its profiles "
            + (left == 1 ? "was" : "were")
            + " not sent on. See in the report what it refused, correct that in"
            + " the source or leave it out of the mapping, and run the export again",
        last);
  }

  /** Returns the cause for a call without a usable answer, in the words of its failure. */
  public static StopCause unanswered(Unanswered<?> unanswered) {
    boolean quota = unanswered.failure().status().orElse(0) == 429;
    return new StopCause(
        Reason.UNAVAILABLE,
        Advice.clause(unanswered.failure())
            + ". "
            + (quota
                ? QUOTA_USED_UP
                : "Try again " + (unanswered.lasting() ? "when that is mended" : "later")),
        unanswered.failure());
  }

  /** Returns the cause for a call that Klaviyo refused. */
  public static StopCause refused(Refused<?> refused, @Nullable ListId list) {
    Advice advice = Advice.on(refused, list, null);
    return new StopCause(reason(advice.problem()), advice.words(), refused.asException());
  }

  private static Reason reason(Advice.Problem problem) {
    return switch (problem) {
      case SHEDDING, PROXY_ASKS -> Reason.UNAVAILABLE;
      case EDGE_CHALLENGE -> Reason.EDGE_CHALLENGE;
      case LIST_NOT_FOUND -> Reason.LIST_NOT_FOUND;
      case UNAUTHORIZED -> Reason.UNAUTHORIZED;
      case FORBIDDEN -> Reason.FORBIDDEN;
      case REFUSED -> Reason.REFUSED;
    };
  }
}
