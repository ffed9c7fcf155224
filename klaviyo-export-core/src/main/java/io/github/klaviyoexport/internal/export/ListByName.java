package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.api.ListLookup;
import io.github.klaviyoexport.internal.api.ListLookup.Found;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.run.Phase;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.CanonicalText;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListName;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The search for the one list of a name, which makes the list if there is none and it may.
 *
 * <p>To make a list cannot be repeated like all else that an export asks of Klaviyo, so the name is
 * looked up before each attempt. Of one account in this JVM one search makes a list of a name at a
 * time; the others wait for what it comes to.
 */
final class ListByName implements Phase {
  private static final Map<Target, Making> UNDER_WAY = new ConcurrentHashMap<>();

  /** How long others wait before they look again whether the list is made. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  /** How long a list may take to be shown after an answer that was lost. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

  private static final int MOST_DOUBLINGS = 5;
  private static final int MOST_NAMED = 10;
  private static final int RATE_LIMITED = 429;

  private final ListName wanted;
  private final boolean mayMake;
  private final Object account;
  private final Klaviyo klaviyo;
  private final EventLoop loop;
  private final BiConsumer<String, Duration> retried;
  private int attempts;
  private @Nullable Making making;
  private @Nullable ListInfo list;
  private boolean made;
  private boolean missing;
  private @Nullable StopCause stop;

  /** A name in an account. */
  private record Target(Object account, String name) {}

  /** The making of a list, which others wait for. */
  private static final class Making {
    private volatile boolean over;
    private volatile @Nullable ListInfo list;
  }

  /**
   * Creates a search that has yet to begin.
   *
   * @param mayMake whether it may make the list; else it ends without one where it would
   * @param account what stands for the account in this JVM
   * @param retried hears, in a clause, what is tried again after which time
   */
  ListByName(
      ListName wanted,
      boolean mayMake,
      Object account,
      Klaviyo klaviyo,
      EventLoop loop,
      BiConsumer<String, Duration> retried) {
    this.wanted = wanted;
    this.mayMake = mayMake;
    this.account = account;
    this.klaviyo = klaviyo;
    this.loop = loop;
    this.retried = retried;
  }

  @Override
  public void begin() {
    ListLookup.find(klaviyo, wanted.name(), this::looked);
  }

  @Override
  public boolean isOver() {
    return stop != null || list != null || missing;
  }

  /** Lets go of what others wait for; to be called however the search ends. */
  void end() {
    Making mine = making;
    if (mine != null) {
      mine.list = list;
      mine.over = true;
      UNDER_WAY.remove(target(), mine);
    }
  }

  private Target target() {
    return new Target(account, CanonicalText.of(wanted.name()));
  }

  private void looked(Reply<Found> reply) {
    if (!(reply instanceof Done<Found> done)) {
      stop = StopCause.of(reply, null);
      return;
    }
    Found found = done.value();
    if (found.lists().size() > 1) {
      stop = ambiguous(found.lists());
    } else if (found.lists().size() == 1) {
      made = attempts > 0;
      found(found.lists().get(0));
    } else if (!wanted.isCreated()) {
      stop = notFound(found.names());
    } else if (!mayMake) {
      missing = true;
    } else {
      make();
    }
  }

  private void make() {
    if (making == null) {
      Making mine = new Making();
      Making others = UNDER_WAY.putIfAbsent(target(), mine);
      if (others != null) {
        waitFor(others);
        return;
      }
      making = mine;
    }
    attempts++;
    klaviyo.createList(wanted.name(), wanted.process(), this::answered);
  }

  private void waitFor(Making others) {
    loop.after(
        LOOK_AGAIN,
        () -> {
          ListInfo theirs = others.list;
          if (!others.over) {
            waitFor(others);
          } else if (theirs != null) {
            found(theirs);
          } else {
            begin();
          }
        });
  }

  private void answered(Reply<ListInfo> reply) {
    if (reply instanceof Done<ListInfo> done) {
      check(done.value());
    } else if (reply instanceof Unanswered<?> unanswered && !unanswered.lasting()) {
      unanswered(unanswered);
    } else {
      stop = StopCause.of(reply, null);
    }
  }

  private void unanswered(Unanswered<?> unanswered) {
    if (unanswered.failure().status().orElse(0) == RATE_LIMITED) {
      stop = usedUp(unanswered);
    } else if (attempts == Calls.MAX_ATTEMPTS) {
      stop = StopCause.unanswered(unanswered);
    } else {
      Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
      retried.accept("Klaviyo did not say whether it has made list " + wanted, wait);
      loop.after(wait, this::begin);
    }
  }

  /** Looks whether another process has made a list of the name at the same moment. */
  private void check(ListInfo mine) {
    made = true;
    ListLookup.find(
        klaviyo,
        wanted.name(),
        reply -> {
          if (reply instanceof Done<Found> done && done.value().lists().size() > 1) {
            stop = ambiguous(done.value().lists());
          } else {
            found(mine);
          }
        });
  }

  private void found(ListInfo one) {
    try {
      ListId.of(one.id());
      list = one;
    } catch (IllegalArgumentException noId) {
      stop =
          new StopCause(
              Reason.UNAVAILABLE,
              "Klaviyo's id of list " + wanted + " is none that a list can have: name it by its id",
              null);
    }
  }

  /** Returns the list's id, once the search is over; {@code null} if it has none. */
  @Nullable ListId found() {
    return list == null ? null : ListId.of(list.id());
  }

  /** Returns whether the search has made the list. */
  boolean hasMade() {
    return made && list != null;
  }

  /** Returns the list's opt-in process, if Klaviyo has said it. */
  @Nullable OptInProcess process() {
    return list == null ? null : list.process();
  }

  /** Returns whether there is no such list, and it would have been made if it might. */
  boolean isMissing() {
    return missing;
  }

  /** Returns why the search has ended without a list; {@code null} if it has not. */
  @Nullable StopCause stopCause() {
    return stop;
  }

  /** Returns a sentence on what is to be known of the list; {@code null} if nothing is. */
  @Nullable String remark() {
    ListInfo found = list;
    if (found == null) {
      return null;
    }
    String process = found.process() == null ? "" : ", with " + words(found.process());
    if (hasMade()) {
      String made =
          "List " + wanted + " was not there and has been made, as " + found.id() + process + ".";
      return wanted.isName(found.name())
          ? made
          : made
              + " Klaviyo calls it "
              + VisibleText.quoted(found.name())
              + ": use that name or the id from now on, since the next export would make another.";
    }
    return wanted.process() == null
            || found.process() == null
            || wanted.process() == found.process()
        ? null
        : "List "
            + wanted
            + " ("
            + found.id()
            + ") was there already"
            + process
            + ", which stays: to have "
            + words(wanted.process())
            + ", change it in Klaviyo.";
  }

  private static String words(OptInProcess process) {
    return switch (process) {
      case SINGLE -> "single opt-in";
      case DOUBLE -> "double opt-in";
    };
  }

  private StopCause notFound(List<String> names) {
    List<String> shown = names.stream().filter(name -> !NamesToChoose.mayBeValue(name)).toList();
    return new StopCause(
        Reason.LIST_NOT_FOUND,
        "none of the "
            + InWords.count(names.size(), "list")
            + " of this Klaviyo account is called "
            + new NamesToChoose(shown, Map.of(), "").missing(wanted.name())
            + ": correct the name, in which upper and lower case count, check that the key is of"
            + " the account that has the list, or have it made with ListRef.namedOrCreate(...)",
        null);
  }

  private StopCause ambiguous(List<ListInfo> lists) {
    String ids =
        lists.stream().limit(MOST_NAMED).map(ListInfo::id).collect(Collectors.joining(", "));
    return new StopCause(
        Reason.LIST_AMBIGUOUS,
        "Klaviyo has "
            + InWords.number(lists.size())
            + " lists called "
            + wanted
            + " ("
            + ids
            + (lists.size() > MOST_NAMED ? " and more" : "")
            + "), and an export does not guess: say which with ListRef.id(\""
            + lists.get(0).id()
            + "\"), or give the others another name in Klaviyo",
        null);
  }

  private StopCause usedUp(Unanswered<?> unanswered) {
    return new StopCause(
        Reason.UNAVAILABLE,
        "Klaviyo does not make list "
            + wanted
            + " now (429): it makes 150 lists a day for an account, and those seem to be used up."
            + " Run the export again when the day is over, or make the list in Klaviyo",
        unanswered.failure());
  }
}
