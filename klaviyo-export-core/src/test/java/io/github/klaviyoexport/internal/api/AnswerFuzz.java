package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Json;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testing.TestTime;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whatever Klaviyo answers, a call ends in a reply, in bounded time and with bounded traffic; pages
 * are followed to no other host; and what is said about the answer quotes none of it.
 *
 * <p>The first line is the number of the call and the status, {@code 4 200} for example; headers,
 * an empty line and the body follow.
 */
public final class AnswerFuzz {
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final byte[] ROW =
      """
      {"type":"profile","attributes":{"email":"ada@shop.example","external_id":"c-1",\
      "location":{"city":"Oulu"},"properties":{"a/b":1}}}"""
          .getBytes(StandardCharsets.UTF_8);
  private static final Pattern FIRST_LINE = Pattern.compile("(\\d) ([1-5]\\d\\d)");
  private static final int MOST_REQUESTS = 2_000;

  private AnswerFuzz() {}

  private interface Ask<T> {
    void ask(Klaviyo klaviyo, Consumer<Reply<T>> then);
  }

  private static final List<Ask<?>> CALLS =
      List.of(
          (Ask<AccountInfo>) Klaviyo::account,
          (Ask<ListInfo>) (klaviyo, then) -> klaviyo.findList(LIST, then),
          (Ask<Page<ListInfo>>) Klaviyo::lists,
          (Ask<ImportJob>) (klaviyo, then) -> klaviyo.job("job-1", then),
          (Ask<Page<ImportJob>>) (klaviyo, then) -> klaviyo.jobs(null, then),
          (Ask<Page<ImportError>>)
              (klaviyo, then) -> klaviyo.importErrors("job-1", false, null, then),
          (Ask<Page<ListMember>>) (klaviyo, then) -> klaviyo.members(LIST, null, then),
          (Ask<ImportJob>)
              (klaviyo, then) ->
                  klaviyo.importProfiles(
                      List.of(ByteBuffer.wrap(ROW)), 10, () -> {}, lost -> lost.accept(null), then),
          (Ask<Integer>)
              (klaviyo, then) -> klaviyo.removeMembers(LIST, List.of("p-1"), () -> {}, then));

  /** Answers a call with the bytes, as often as it asks. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    byte[] input = Canary.in(bytes);
    int bodyAt = bodyAt(input);
    String[] head = new String(input, 0, bodyAt, StandardCharsets.ISO_8859_1).split("\n", -1);
    Matcher first = FIRST_LINE.matcher(head[0]);
    if (!first.matches()) {
      return;
    }
    KlaviyoResponse response =
        KlaviyoResponse.of(
            Integer.parseInt(first.group(2)),
            headers(head),
            Arrays.copyOfRange(input, bodyAt, input.length));
    answer(CALLS.get(Integer.parseInt(first.group(1)) % CALLS.size()), response);
  }

  private static int bodyAt(byte[] input) {
    for (int i = 1; i < input.length; i++) {
      if (input[i - 1] == '\n' && input[i] == '\n') {
        return i + 1;
      }
    }
    return input.length;
  }

  private static Map<String, List<String>> headers(String[] head) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : head) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers
            .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
            .add(line.substring(colon + 1).strip());
      }
    }
    return headers;
  }

  private static <T> void answer(Ask<T> call, KlaviyoResponse response) {
    TestTime time = new TestTime();
    int[] requests = new int[1];
    KlaviyoConnection connection =
        KlaviyoConnection.of(ApiKey.of("pk_fuzz"))
            .transport(
                request -> {
                  requests[0]++;
                  return CompletableFuture.completedFuture(response);
                });
    try (KlaviyoAccess klaviyo = new KlaviyoAccess(connection, time)) {
      Reply<T> reply = klaviyo.ask(Duration.ofHours(1), call::ask);
      judge(reply);
    } catch (InterruptedException interrupt) {
      throw new AssertionError(interrupt);
    }
    if (requests[0] > MOST_REQUESTS) {
      throw new AssertionError(requests[0] + " requests for one call.");
    }
  }

  private static void judge(Reply<?> reply) {
    if (reply instanceof Refused<?> refused) {
      Canary.assertNotIn(refused.asException());
      Canary.assertNotIn(refused.toString());
      refused.errors().forEach(AnswerFuzz::repair);
    } else if (reply instanceof Unanswered<?> unanswered) {
      Canary.assertNotIn(unanswered.failure());
    } else if (reply instanceof Done<?> done && done.value() instanceof Page<?> page) {
      URI next = page.next();
      if (next != null && !"a.klaviyo.com".equals(next.getHost())) {
        throw new AssertionError("The key would go to " + next.getHost() + ".");
      }
    }
  }

  private static void repair(ApiError error) {
    if (error.row().orElse(0) < 0) {
      throw new AssertionError("Row " + error.row() + ".");
    }
    @Nullable String attribute = error.attribute();
    byte[] repaired = attribute == null ? null : RowRepair.without(ROW, attribute);
    if (repaired != null && (Json.object(repaired) == null || repaired.length >= ROW.length)) {
      throw new AssertionError("A repaired row of " + repaired.length + " bytes.");
    }
  }
}
