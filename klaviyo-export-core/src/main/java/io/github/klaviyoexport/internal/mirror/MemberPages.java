package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.ProfileField;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list, read page by page to the last: by one cursor, and from the 25th page on by
 * eight side by side, which is what keeps Klaviyo's quota full.
 *
 * <p>Each cursor reads the members that joined in a range of time. One that is done takes the later
 * half of the range in which most pages seem to be left, so that it does not matter how the times
 * lie, down to ranges of a second. Where Klaviyo shows no time of joining, or does not keep to the
 * ranges it was asked for, one cursor reads them all.
 *
 * <p>Every member that is in the list from the first call to the last is passed on, some of them
 * twice. If a page cannot be read, the run stops: half a list tells nothing about the other half.
 * It stops too where pages lead in a circle: to an address that was read, or on and on to members
 * that were.
 */
final class MemberPages {
  /** The quota of a minute is used up by four at 0.3 s a page, and by eight at 0.6 s. */
  static final int AT_ONCE = 8;

  /** So few pages are not worth the calls that it costs to divide them. */
  static final int ALONE_UNTIL = 25;

  /** So many pages may bring nothing new, and half of all: ranges meet, and are read again. */
  private static final int FEW = 100;

  private static final double FEWEST_PAGES_TO_DIVIDE = 8;
  private static final int BAD_REQUEST = 400;

  private final RunContext run;
  private final Consumer<ListMember> each;
  private final Runnable whenRead;
  private final Fingerprint fingerprint = new Fingerprint(0, 0);
  private final List<MemberRange> ranges = new ArrayList<>();
  private SeenIdentifiers followed = new SeenIdentifiers();
  private SeenIdentifiers lastOfPages = new SeenIdentifiers();
  private boolean mayDivide = true;
  private boolean askedForNewest;
  private int pages;
  private int pagesForNothing;
  private @Nullable Instant newest;

  /**
   * Creates the reading of the list's members.
   *
   * @param each takes each member
   * @param whenRead hears of it when the last was taken
   */
  MemberPages(RunContext run, Consumer<ListMember> each, Runnable whenRead) {
    this.run = run;
    this.each = each;
    this.whenRead = whenRead;
  }

  void begin() {
    start(new MemberRange(null, null, 0));
  }

  private void start(MemberRange range) {
    ranges.add(range);
    run.klaviyo()
        .membersJoined(run.list(), range.from(), range.before(), reply -> read(range, reply));
  }

  private void page(MemberRange range, URI page) {
    range.asks(page);
    run.klaviyo().members(run.list(), page, reply -> read(range, reply));
  }

  private void read(MemberRange range, Reply<Page<ListMember>> reply) {
    if (!ranges.contains(range)) {
      return;
    }
    if (range.from() != null && isRefused(reply)) {
      goOnAlone();
    } else if (reply instanceof Done<Page<ListMember>> done) {
      take(range, done.value());
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private static boolean isRefused(Reply<?> reply) {
    return reply instanceof Refused<?> refused && refused.status() == BAD_REQUEST;
  }

  private void take(MemberRange range, Page<ListMember> page) {
    if (mayDivide && !range.keepsTo(page.items())) {
      goOnAlone();
      if (!ranges.contains(range)) {
        return;
      }
    }
    page.items().forEach(each);
    range.take(page.items());
    pages++;
    pagesForNothing += isForNothing(page.items()) ? 1 : 0;
    URI next = page.next();
    if (next == null || range.hasMetLater(page.items())) {
      end(range);
    } else if (isNew(next) && pagesForNothing <= Math.max(FEW, pages / 2)) {
      page(range, next);
    } else {
      run.stop(StopCause.membersInCircles());
      return;
    }
    divide();
  }

  /** Returns whether a page is empty, or ends with the member that another page has ended with. */
  private boolean isForNothing(List<ListMember> page) {
    return page.isEmpty()
        || !lastOfPages.add(fingerprint.of(ProfileField.PROPERTY, page.get(page.size() - 1).id()));
  }

  private boolean isNew(URI page) {
    return followed.add(fingerprint.of(ProfileField.PROPERTY, page.toString()));
  }

  /** Has one cursor read all: the one that reads from the beginning, if there still is one. */
  private void goOnAlone() {
    mayDivide = false;
    MemberRange first = ranges.get(0);
    if (ranges.size() == 1 && first.isWhole()) {
      return;
    }
    ranges.clear();
    if (first.from() == null) {
      first.becomeWhole();
      ranges.add(first);
    } else {
      followed = new SeenIdentifiers();
      lastOfPages = new SeenIdentifiers();
      begin();
    }
  }

  private void end(MemberRange range) {
    if (range.isLast() && ranges.size() > 1) {
      range.waitAtEnd();
      return;
    }
    ranges.remove(range);
    range.forgetLater();
    MemberRange left = ranges.isEmpty() ? null : ranges.get(0);
    if (left == null) {
      whenRead.run();
    } else if (ranges.size() == 1 && left.waitsAtEnd()) {
      // Members have joined there since, perhaps, while others were read.
      URI page = left.lastAgain();
      if (page == null) {
        run.klaviyo().membersJoined(run.list(), left.from(), null, reply -> read(left, reply));
      } else {
        page(left, page);
      }
    }
  }

  /** Divides ranges among the cursors that have none. */
  private void divide() {
    if (!mayDivide || pages < ALONE_UNTIL || ranges.isEmpty()) {
      return;
    }
    Instant end = newest;
    if (end == null) {
      askForNewest();
      return;
    }
    while (ranges.size() < AT_ONCE) {
      MemberRange largest = largest(end);
      if (largest == null) {
        return;
      }
      start(largest.divide(end));
    }
  }

  private void askForNewest() {
    if (!askedForNewest) {
      askedForNewest = true;
      run.klaviyo().newestMember(run.list(), this::takeNewest);
    }
  }

  private void takeNewest(Reply<Page<ListMember>> reply) {
    if (ranges.isEmpty()) {
      return;
    }
    if (reply instanceof Done<Page<ListMember>> done) {
      newest = done.value().items().isEmpty() ? null : done.value().items().get(0).joinedAt();
      mayDivide &= newest != null;
      divide();
    } else if (isRefused(reply)) {
      mayDivide = false;
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private @Nullable MemberRange largest(Instant end) {
    MemberRange largest = null;
    double most = FEWEST_PAGES_TO_DIVIDE;
    for (MemberRange range : ranges) {
      double left = range.pagesLeft(end);
      if (left >= most) {
        most = left;
        largest = range;
      }
    }
    return largest;
  }
}
