package io.github.klaviyoexport.internal.api;

import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.broken;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.error;
import static io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.EventLoop;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.testing.ScriptedKlaviyo;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.TestTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The members of a list, as they are read and removed over the wire. */
class ListMembersTest {
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final Answer NO_CONTENT = Answer.of(204, "", "");

  private final TestTime time = new TestTime();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final ScriptedKlaviyo klaviyo = new ScriptedKlaviyo(time, asked -> answers.remove());
  private final KlaviyoAccess access =
      new KlaviyoAccess(KlaviyoConnection.of(ApiKey.of("pk_0123456789")).transport(klaviyo), time);
  private int doubts;

  @Test
  void members_are_read_by_the_hundred_and_only_what_tells_who_they_are()
      throws InterruptedException {
    answering(json(200, "{\"data\":[],\"links\":{\"next\":null}}"));

    assertThat(page(null).items()).isEmpty();

    Asked asked = klaviyo.asked().get(0);
    assertThat(asked.line()).isEqualTo("GET /api/lists/Y6nRLr/profiles");
    assertThat(asked.request().uri().getQuery())
        .isEqualTo(
            "fields[profile]=email,phone_number,external_id,joined_group_at"
                + "&sort=joined_group_at&page[size]=100");
  }

  @Test
  void a_member_is_known_by_its_identifiers_in_the_form_in_which_equal_ones_are_one_customer()
      throws InterruptedException {
    answering(
        json(
            200,
            """
            {"data":[
              {"type":"profile","id":"01GD","attributes":{"email":" Ada@Shop.Example ",
               "phone_number":"+358401234567","external_id":" c-17 ",
               "joined_group_at":"2026-09-04T10:01:00+00:00"}},
              {"type":"profile","id":"01GE","attributes":{"email":null,"phone_number":"  "}}],
             "links":{"next":"https://a.klaviyo.com/api/lists/Y6nRLr/profiles?page%5Bcursor%5D=x"}}
            """));

    Page<ListMember> page = page(null);

    assertThat(page.items())
        .containsExactly(
            new ListMember(
                "01GD",
                List.of(
                    new Identifier(ProfileField.EMAIL, "ada@shop.example"),
                    new Identifier(ProfileField.PHONE_NUMBER, "+358401234567"),
                    new Identifier(ProfileField.EXTERNAL_ID, "c-17")),
                Instant.parse("2026-09-04T10:01:00Z")),
            new ListMember("01GE", List.of(), null));
    assertThat(page.items().toString()).doesNotContain("ada", "358", "c-17");

    answering(json(200, "{\"data\":[]}"));
    assertThat(page(page.next()).next()).isNull();
    assertThat(klaviyo.asked().get(1).request().uri())
        .hasToString("https://a.klaviyo.com/api/lists/Y6nRLr/profiles?page%5Bcursor%5D=x");
  }

  @Test
  void members_of_another_host_are_not_asked_for() throws InterruptedException {
    answering(json(200, "{\"data\":[],\"links\":{\"next\":\"https://shop.example/members\"}}"));

    Reply<Page<ListMember>> reply =
        access.ask(Duration.ofHours(1), (api, then) -> api.members(LIST, null, then));

    assertThat(reply).isInstanceOf(Unanswered.class);
    assertThat(((Unanswered<?>) reply).failure()).hasMessageContaining("leads to another host");
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void members_are_removed_by_klaviyos_ids_and_their_consent_is_not_touched()
      throws InterruptedException {
    answering(NO_CONTENT);

    assertThat(removal("01GD", "01\"E")).isEqualTo(new Done<>(2));

    Asked asked = klaviyo.asked().get(0);
    assertThat(asked.line()).isEqualTo("DELETE /api/lists/Y6nRLr/relationships/profiles");
    assertThat(asked.request().headers()).containsEntry("Content-Type", "application/vnd.api+json");
    assertThat(asked.body())
        .isEqualTo(
            "{\"data\":[{\"type\":\"profile\",\"id\":\"01GD\"},"
                + "{\"type\":\"profile\",\"id\":\"01\\\"E\"}]}");
    assertThat(doubts).isZero();
  }

  @Test
  void a_removal_without_a_readable_answer_is_sent_again_with_identical_bytes()
      throws InterruptedException {
    Answer hotel = Answer.of(200, "text/html", "<html>Welcome");
    answering(broken(Fate.UNKNOWN), json(503, ""), hotel, json(200, "{}"), NO_CONTENT);

    assertThat(removal("01GD")).isEqualTo(new Done<>(1));

    assertThat(klaviyo.asked()).hasSize(5);
    assertThat(klaviyo.asked().stream().map(Asked::body).distinct()).hasSize(1);
    assertThat(doubts).isEqualTo(4);
  }

  @Test
  void a_removal_keeps_to_ten_a_second_and_150_a_minute() throws InterruptedException {
    for (int i = 0; i < 151; i++) {
      answering(NO_CONTENT);
      removal("01GD");
      if (i == 9) {
        assertThat(time.elapsed()).isZero();
      } else if (i == 149) {
        assertThat(time.elapsed()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(15));
      }
    }

    assertThat(time.elapsed()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void a_removal_that_waits_ends_unsent_when_changes_end() throws InterruptedException {
    EventLoop loop = new EventLoop(time);
    Klaviyo api = access.on(loop, Calls.Observer.NONE);
    answering(broken(Fate.UNPROCESSED), NO_CONTENT);
    Reply<?>[] ended = new Reply<?>[1];
    api.removeMembers(LIST, List.of("01GD"), () -> doubts++, reply -> ended[0] = reply);
    loop.after(Duration.ofMillis(100), api.calls()::endChanges);
    while (ended[0] == null) {
      loop.run();
    }

    assertThat(ended[0]).isInstanceOf(Unanswered.class);
    assertThat(((Unanswered<?>) ended[0]).maybeDone()).isFalse();
    assertThat(klaviyo.asked()).hasSize(1);
  }

  @Test
  void a_refused_removal_is_final() throws InterruptedException {
    answering(error(403, "permission_denied", "/data/"));

    Reply<Integer> reply = removal("01GD");

    assertThat(reply).isInstanceOf(Refused.class);
    assertThat(((Refused<?>) reply).endpoint()).isEqualTo(Endpoint.REMOVE_MEMBERS);
    assertThat(klaviyo.asked()).hasSize(1);
  }

  private void answering(Answer... next) {
    answers.addAll(Arrays.asList(next));
  }

  private Page<ListMember> page(@Nullable URI next) throws InterruptedException {
    Reply<Page<ListMember>> reply =
        access.ask(Duration.ofHours(1), (api, then) -> api.members(LIST, next, then));
    assertThat(reply).isInstanceOf(Done.class);
    return ((Done<Page<ListMember>>) reply).value();
  }

  private Reply<Integer> removal(String... ids) throws InterruptedException {
    return access.ask(
        Duration.ofHours(1),
        (api, then) -> api.removeMembers(LIST, List.of(ids), () -> doubts++, then));
  }
}
