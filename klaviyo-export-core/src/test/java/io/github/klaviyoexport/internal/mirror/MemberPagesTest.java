package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Several cursors read the members that one cursor reads, whoever joined when. */
class MemberPagesTest extends MirrorInLab {
  private static final int PAGE = 10;
  private static final Pattern BOUND =
      Pattern.compile("(greater-or-equal|less-than)\\(joined_group_at,([^)]+)\\)");

  private final List<Member> members = new ArrayList<>();
  private List<Member> sorted = List.of();
  private final List<String> filters = new ArrayList<>();
  private Server server = Server.RIGHT;
  private Random random = new Random(1);

  /** A member, which joined at a moment that Klaviyo shows as a whole second. */
  private record Member(String id, @Nullable Instant joined) {
    String json() {
      String shown =
          joined == null ? "null" : "\"" + joined.truncatedTo(ChronoUnit.SECONDS).toString() + "\"";
      return """
      {"type":"profile","id":"%s","attributes":{"email":"%s@shop.example","joined_group_at":%s}}\
      """
          .formatted(id, id, shown);
    }
  }

  /** What a server does with the ranges it is asked for. */
  private enum Server {
    RIGHT,
    REFUSES_FILTERS,
    REFUSES_TO_SORT_BACKWARDS,
    IGNORES_FILTERS,
    IGNORES_ORDER,
    SHOWS_NO_TIMES,
    SHOWS_SOME_TIMES
  }

  private ExportReport mirrored() {
    lab.klaviyo.on(MEMBERS, this::page);
    lab.klaviyo.on(REMOVAL, asked -> null);
    return mirror(Lab.customers(1), export -> export.maxLeavers(1));
  }

  private TreeSet<String> removed() {
    TreeSet<String> removed = new TreeSet<>();
    lab.klaviyo.asked(REMOVAL).forEach(asked -> removed.addAll(SmallKlaviyo.ids(asked)));
    return removed;
  }

  private TreeSet<String> all() {
    TreeSet<String> all = new TreeSet<>();
    members.forEach(member -> all.add(member.id()));
    return all;
  }

  private List<Member> ascending() {
    if (server == Server.IGNORES_ORDER) {
      return members;
    }
    if (sorted.size() != members.size()) {
      sorted = new ArrayList<>(members);
      sorted.sort(
          Comparator.comparing(
              Member::joined, Comparator.nullsLast(Comparator.<Instant>naturalOrder())));
    }
    return sorted;
  }

  private List<Member> descending() {
    List<Member> all = new ArrayList<>(ascending());
    if (server != Server.IGNORES_ORDER) {
      Collections.reverse(all);
    }
    return all;
  }

  private Answer page(Asked asked) {
    String query = asked.request().uri().getQuery();
    boolean backwards = query.contains("sort=-");
    boolean filtered = query.contains("filter=");
    if (filtered && server == Server.REFUSES_FILTERS
        || backwards && server == Server.REFUSES_TO_SORT_BACKWARDS) {
      return Answer.error(400, "invalid", "filter");
    }
    Stream<Member> found = (backwards ? descending() : ascending()).stream();
    if (filtered && server != Server.IGNORES_FILTERS) {
      Matcher bound = BOUND.matcher(query);
      while (bound.find()) {
        boolean from = bound.group(1).startsWith("greater");
        Instant limit = Instant.parse(bound.group(2));
        found =
            found.filter(
                member -> member.joined() != null && member.joined().isBefore(limit) != from);
      }
      filters.add(query);
    }
    Matcher cursor = Pattern.compile("from=(.*?)(&|$)").matcher(query);
    List<Member> rest = found.toList();
    int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
    List<Member> page =
        rest.subList(Math.min(from, rest.size()), Math.min(rest.size(), from + PAGE));
    String next =
        from + PAGE >= rest.size()
            ? "null"
            : "\""
                + asked.request().uri().toString().replaceAll("&from=.*", "")
                + "&from="
                + (from + PAGE)
                + "\"";
    return Answer.json(
            200,
            "{\"data\":"
                + page.stream().map(Member::json).toList()
                + ",\"links\":{\"next\":"
                + next
                + "}}")
        .after(Duration.ofMillis(200 + random.nextInt(200)));
  }

  private void givenMembers(int count, long seed) {
    random = new Random(seed);
    Instant end = lab.time.now().minusSeconds(60);
    int shape = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      long back =
          switch (shape) {
            case 0 -> random.nextInt(90_000_000);
            case 1 -> random.nextInt(20_000);
            case 2 -> random.nextInt(100) == 0 ? random.nextInt(90_000_000) : random.nextInt(60);
            case 3 -> 86_400L * random.nextInt(30) + random.nextInt(5);
            default -> (long) (90_000_000 * Math.pow(random.nextDouble(), 8));
          };
      members.add(new Member("m" + i, end.minusSeconds(back).minusMillis(random.nextInt(1_000))));
    }
    if (server == Server.SHOWS_NO_TIMES || server == Server.SHOWS_SOME_TIMES) {
      int every = server == Server.SHOWS_NO_TIMES ? 1 : 1 + random.nextInt(50);
      for (int i = 0; i < count; i += every) {
        members.set(i, new Member("m" + i, null));
      }
    }
  }

  static Stream<Long> seeds() {
    return Stream.iterate(1L, seed -> seed + 1).limit(100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_member_is_read_and_counted_once_whoever_joined_when(long seed) {
    givenMembers(new Random(seed).nextInt(2_000), seed);

    ExportReport report = mirrored();

    assertThat(report.leavers().members()).isEqualTo(members.size());
    assertThat(removed()).isEqualTo(all());
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void what_a_server_does_not_do_as_it_is_asked_one_cursor_does(Server does) {
    for (long seed = 1; seed <= 5; seed++) {
      server = does;
      members.clear();
      sorted = List.of();
      givenMembers(600, seed);

      ExportReport report = mirrored();

      assertThat(report.leavers().members()).isEqualTo(600);
      assertThat(removed()).containsAll(all());
    }
  }

  @Test
  void a_short_list_is_read_by_one_cursor_in_as_many_calls_as_it_has_pages() {
    givenMembers(240, 1);

    mirrored();

    assertThat(lab.klaviyo.asked(MEMBERS)).hasSize(24);
  }

  @Test
  void a_long_list_is_read_by_eight_cursors_in_a_few_calls_more_than_it_has_pages() {
    givenMembers(8_000, 5);

    mirrored();

    assertThat(filters).isNotEmpty();
    assertThat(lab.klaviyo.asked(MEMBERS).size()).isBetween(800, 860);
  }

  @Test
  void who_joins_while_the_list_is_read_is_read_too() {
    givenMembers(1_000, 1);
    int[] asked = new int[1];
    lab.klaviyo.on(
        MEMBERS,
        page -> {
          if (++asked[0] % 10 == 0) {
            members.add(new Member("late" + asked[0], lab.time.now()));
          }
          return page(page);
        });

    ExportReport report = mirror(Lab.customers(1), export -> export.maxLeavers(1));

    assertThat(report.leavers().members()).isGreaterThan(1_005);
    assertThat(report.leavers().members()).isBetween(members.size() - 1L, (long) members.size());
  }
}
