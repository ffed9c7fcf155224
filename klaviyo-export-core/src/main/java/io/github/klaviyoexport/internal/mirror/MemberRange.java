package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The range of time in which members joined that one cursor reads, and how far it has got.
 *
 * <p>Times are those that Klaviyo shows, which need not be those that it compares to the fraction
 * of a second. So a range that was divided ends where a member is met that stands at the beginning
 * of the later one, or that is shown a second behind it.
 */
final class MemberRange {
  private static final double SHORTEST_PAGE_SECONDS = 0.01;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long SHORTEST_TO_DIVIDE_SECONDS = 2;

  private final @Nullable Instant from;
  private final @Nullable Instant askedBefore;
  private final Set<String> first = new HashSet<>();
  private final Set<String> behind = new HashSet<>();
  private @Nullable Instant before;
  private @Nullable MemberRange later;
  private @Nullable Instant at;
  private @Nullable URI page;
  private double secondsPerPage;
  private boolean isBegun;
  private boolean waitsAtEnd;

  /**
   * Creates a range that is to be read.
   *
   * @param from the first moment; {@code null} for the first of all members
   * @param before the moment behind the last; {@code null} for the last of all members
   * @param secondsPerPage how much time a page of it may cover, until that is known
   */
  MemberRange(@Nullable Instant from, @Nullable Instant before, double secondsPerPage) {
    this.from = from;
    this.askedBefore = before;
    this.before = before;
    this.secondsPerPage = secondsPerPage;
  }

  @Nullable Instant from() {
    return from;
  }

  @Nullable Instant before() {
    return before;
  }

  /** Notes which page is asked for. */
  void asks(URI address) {
    page = address;
  }

  /** Returns whether nothing lies behind it. */
  boolean isLast() {
    return before == null;
  }

  /** Returns whether it is all there is. */
  boolean isWhole() {
    return from == null && before == null;
  }

  /** Takes back what was given to later ranges, if nothing came before it. */
  void becomeWhole() {
    before = null;
    later = null;
  }

  /** Returns whether members came as they were asked for: timed, in order, and of that time. */
  boolean keepsTo(List<ListMember> members) {
    Instant last = at;
    for (ListMember member : members) {
      Instant joined = member.joinedAt();
      if (joined == null
          || last != null && joined.isBefore(last)
          || from != null && joined.isBefore(from.minusSeconds(1))
          || askedBefore != null && !joined.isBefore(askedBefore.plusSeconds(1))) {
        return false;
      }
      last = joined;
    }
    return true;
  }

  /** Takes a page of members. */
  void take(List<ListMember> members) {
    if (!isBegun) {
      members.forEach(member -> first.add(member.id()));
      isBegun = true;
    }
    Instant last = members.isEmpty() ? null : members.get(members.size() - 1).joinedAt();
    if (last != null) {
      Instant begin = from == null ? members.get(0).joinedAt() : from;
      Instant since = at == null ? begin : at;
      // Half of it is forgotten with each page: joins come in clusters, and clusters in others.
      secondsPerPage = since == null ? secondsPerPage : (secondsPerPage + seconds(since, last)) / 2;
      at = last;
    }
  }

  /** Returns whether a member was met that belongs to the range that took its later part over. */
  boolean hasMetLater(List<ListMember> members) {
    MemberRange next = later;
    Instant end = before;
    if (next == null || end == null) {
      return false;
    }
    for (ListMember member : members) {
      Instant joined = member.joinedAt();
      if (joined != null && !joined.isBefore(end)) {
        if (!joined.isBefore(end.plusSeconds(1))) {
          return true;
        }
        behind.add(member.id());
      }
    }
    // The later range may show its first page after this one has gone past that.
    return !Collections.disjoint(behind, next.first);
  }

  /** Lets go of the range behind it: this one has been read. */
  void forgetLater() {
    later = null;
  }

  /** Has it wait until all others have been read: members join at its end. */
  void waitAtEnd() {
    waitsAtEnd = true;
  }

  boolean waitsAtEnd() {
    return waitsAtEnd;
  }

  /** Goes back by a page; returns the page's address, {@code null} if it was the first. */
  @Nullable URI lastAgain() {
    waitsAtEnd = false;
    at = null;
    return page;
  }

  /** Returns how many pages may be left, if it can be divided, by what the last page covered. */
  double pagesLeft(Instant newest) {
    Instant position = position();
    Instant end = end(newest);
    if (waitsAtEnd
        || position == null
        || end.isBefore(position.plusSeconds(SHORTEST_TO_DIVIDE_SECONDS))) {
      return 0;
    }
    return seconds(position, end) / Math.max(secondsPerPage, SHORTEST_PAGE_SECONDS);
  }

  /** Gives the later half of what is left to another range, and returns that. */
  MemberRange divide(Instant newest) {
    Instant position = position();
    if (position == null) {
      throw new IllegalStateException("A range is divided where it is known how far it was read.");
    }
    Instant second = position.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    Duration half = Duration.between(position, end(newest)).dividedBy(2);
    Instant middle = position.plus(half).truncatedTo(ChronoUnit.SECONDS);
    Instant start = middle.isBefore(second) ? second : middle;
    MemberRange taken = new MemberRange(start, before, secondsPerPage);
    before = start;
    later = taken;
    behind.clear();
    return taken;
  }

  private @Nullable Instant position() {
    return at == null ? from : at;
  }

  private Instant end(Instant newest) {
    return before == null ? newest.plusSeconds(1) : before;
  }

  private static double seconds(Instant from, Instant to) {
    Duration between = Duration.between(from, to);
    return between.getSeconds() + between.getNano() / NANOS_PER_SECOND;
  }
}
