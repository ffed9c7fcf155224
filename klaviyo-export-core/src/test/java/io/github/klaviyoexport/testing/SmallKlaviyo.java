package io.github.klaviyoexport.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An account with one list that imports what it is sent, unless a test says otherwise.
 *
 * <p>A job ends a second after it was made, and fails the rows that {@link #failing} says.
 */
public final class SmallKlaviyo implements KlaviyoTransport {
  public static final String JOBS = "/api/profile-bulk-import-jobs";
  public static final String IMPORT = "POST " + JOBS;
  public static final String LISTING = "GET " + JOBS;
  public static final String JOB = "GET " + JOBS + "/[^/]+";
  public static final String ERRORS = "GET " + JOBS + "/[^/]+/import-errors";
  public static final String LIST = "GET /api/lists/Y6nRLr";
  public static final String MEMBERS = "GET /api/lists/Y6nRLr/profiles";
  public static final String PROFILES = "GET /api/profiles";
  public static final String REMOVAL = "DELETE /api/lists/Y6nRLr/relationships/profiles";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final int PAGE = 100;

  private final TestTime time;
  private final ScriptedKlaviyo script;
  private final Map<Pattern, Function<Asked, @Nullable Answer>> rules = new LinkedHashMap<>();
  private final List<Job> jobs = new ArrayList<>();
  private final Map<String, ObjectNode> members = new LinkedHashMap<>();
  private final Map<String, String> secondary = new LinkedHashMap<>();
  private Function<List<Row>, @Nullable Answer> judge = rows -> null;
  private Predicate<Row> failing = row -> false;
  private Function<Job, String> status =
      job -> job.age().toMillis() < 1_000 ? "processing" : "complete";
  private int strangers;
  private Function<Job, String> uncounted = job -> "";

  /** A profile as it was sent. */
  public record Row(JsonNode json) {
    public String email() {
      return json.path("attributes").path("email").asText();
    }

    public boolean has(String attribute) {
      return json.path("attributes").has(attribute);
    }
  }

  /** An import job. */
  public final class Job {
    private final String id;
    private final List<Row> rows;
    private final Duration at = time.elapsed();
    private final Instant createdAt = time.now();

    private Job(String id, List<Row> rows) {
      this.id = id;
      this.rows = rows;
    }

    public String id() {
      return id;
    }

    public List<Row> rows() {
      return rows;
    }

    public Duration age() {
      return time.elapsed().minus(at);
    }

    private List<Row> failed() {
      return rows.stream().filter(failing).toList();
    }

    private String json() {
      String now = status.apply(this);
      int failed = now.equals("complete") ? failed().size() : 0;
      String counts = uncounted.apply(this);
      if (!now.equals("complete") || counts.isEmpty()) {
        int completed = now.equals("complete") ? rows.size() - failed : 0;
        counts = "\"completed_count\":%d,\"failed_count\":%d".formatted(completed, failed);
      }
      return """
      {"type":"profile-bulk-import-job","id":"%s","attributes":{"status":"%s",\
      "total_count":%d,%s,"created_at":"%s"}}\
      """
          .formatted(id, now, rows.size(), counts, createdAt);
    }
  }

  /** An empty account. */
  public SmallKlaviyo(TestTime time) {
    this.time = time;
    this.script = new ScriptedKlaviyo(time, this::answer);
  }

  /** Has requests of that method and path answered otherwise; {@code null} leaves it as it is. */
  public SmallKlaviyo on(String lineRegex, Function<Asked, @Nullable Answer> rule) {
    rules.put(Pattern.compile(lineRegex), rule);
    return this;
  }

  /** Has a request of that kind always answered so. */
  public SmallKlaviyo on(String lineRegex, Answer answer) {
    return on(lineRegex, asked -> answer);
  }

  /** Has requests refused by what they hold; {@code null} takes them over. */
  public SmallKlaviyo judging(Function<List<Row>, @Nullable Answer> judge) {
    this.judge = judge;
    return this;
  }

  /** Has jobs fail some rows. */
  public SmallKlaviyo failing(Predicate<Row> failing) {
    this.failing = failing;
    return this;
  }

  /** Gives the list a member with these attributes: name, value, name, value. */
  public SmallKlaviyo member(String id, String... attributes) {
    ObjectNode member = JSON.createObjectNode().put("type", "profile").put("id", id);
    ObjectNode all = member.putObject("attributes");
    all.put("joined_group_at", time.now().minusSeconds(60).toString());
    for (int i = 0; i < attributes.length; i += 2) {
      all.put(attributes[i], attributes[i + 1]);
    }
    members.put(id, member);
    return this;
  }

  /** Gives a member another email address, which its profile is found by and does not show. */
  public SmallKlaviyo secondary(String email, String id) {
    secondary.put(email, id);
    return this;
  }

  /** The email addresses that a look-up of profiles names. */
  public static List<String> addresses(Asked lookup) {
    Matcher named = QUOTED.matcher(lookup.request().uri().getQuery());
    return named.results().map(each -> each.group(1).replaceAll("\\\\(.)", "$1")).toList();
  }

  private List<String> profiles(List<String> emails) {
    List<String> ids = new ArrayList<>();
    members.forEach(
        (id, member) -> {
          if (emails.contains(member.at("/attributes/email").asText())) {
            ids.add(id);
          }
        });
    emails.stream().filter(secondary::containsKey).map(secondary::get).forEach(ids::add);
    return ids.stream()
        .distinct()
        .map(id -> "{\"type\":\"profile\",\"id\":\"" + id + "\",\"attributes\":{}}")
        .toList();
  }

  /** Has a member leave the list. */
  public SmallKlaviyo leave(String id) {
    members.remove(id);
    return this;
  }

  /** The ids of the members that were given to the list and are still in it. */
  public List<String> members() {
    return List.copyOf(members.keySet());
  }

  /** The ids that a removal names. */
  public static List<String> ids(Asked removal) {
    try {
      List<String> ids = new ArrayList<>();
      JSON.readTree(removal.body()).path("data").forEach(node -> ids.add(node.path("id").asText()));
      return ids;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Has jobs stand where the function says. */
  public SmallKlaviyo status(Function<Job, String> status) {
    this.status = status;
    return this;
  }

  /** Has complete jobs count otherwise: the members of JSON that say so; empty to count right. */
  public SmallKlaviyo counting(Function<Job, String> counts) {
    this.uncounted = counts;
    return this;
  }

  /** Has another tool make so many jobs after each of ours. */
  public SmallKlaviyo strangers(int perJob) {
    this.strangers = perJob;
    return this;
  }

  @Override
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    return script.send(request);
  }

  /** All requests so far. */
  public List<Asked> asked() {
    return script.asked();
  }

  /** The requests of a kind. */
  public List<Asked> asked(String lineRegex) {
    return asked().stream().filter(asked -> asked.line().matches(lineRegex)).toList();
  }

  /** Our jobs, in the order they were made. */
  public List<Job> jobs() {
    return jobs.stream().filter(job -> !job.rows.isEmpty()).toList();
  }

  /** The email addresses of all rows taken over, in order. */
  public List<String> emails() {
    return jobs().stream().flatMap(job -> job.rows.stream()).map(Row::email).toList();
  }

  private @Nullable Answer answer(Asked asked) {
    for (Map.Entry<Pattern, Function<Asked, @Nullable Answer>> rule : rules.entrySet()) {
      if (rule.getKey().matcher(asked.line()).matches()) {
        Answer answer = rule.getValue().apply(asked);
        if (answer != null) {
          return answer;
        }
      }
    }
    return asItShould(asked);
  }

  private Answer asItShould(Asked asked) {
    String[] path = asked.request().uri().getPath().split("/");
    if (asked.line().equals(LIST)) {
      return Answer.json(200, "{\"data\":{\"type\":\"list\",\"id\":\"Y6nRLr\"}}");
    } else if (asked.line().equals(IMPORT)) {
      List<Row> rows = rows(asked.body());
      Answer refusal = judge.apply(rows);
      return refusal != null ? refusal : Answer.json(202, "{\"data\":" + make(rows).json() + "}");
    } else if (asked.line().equals(LISTING)) {
      return page(asked, listed());
    } else if (asked.line().equals(MEMBERS)) {
      return page(asked, members.values().stream().map(ObjectNode::toString).toList());
    } else if (asked.line().equals(PROFILES)) {
      return page(asked, profiles(addresses(asked)));
    } else if (asked.line().equals(REMOVAL)) {
      ids(asked).forEach(members::remove);
      return Answer.of(204, "", "");
    }
    Job job = jobs.stream().filter(j -> j.id.equals(path[3])).findFirst().orElse(null);
    if (job == null) {
      return Answer.error(404, "not_found", "/data/");
    }
    return path.length == 4
        ? Answer.json(200, "{\"data\":" + job.json() + "}")
        : page(asked, job.failed().stream().map(SmallKlaviyo::importError).toList());
  }

  /** All jobs as they are listed, the newest first. */
  public List<String> listed() {
    List<String> newestFirst = new ArrayList<>();
    jobs.forEach(job -> newestFirst.add(0, job.json()));
    return newestFirst;
  }

  /** Makes a job of an import, whatever that is answered. */
  public void take(Asked imports) {
    make(rows(imports.body()));
  }

  /** One page of a listing, with the link to the next. */
  public static Answer page(Asked asked, List<String> items) {
    String[] cursor = asked.request().uri().getRawQuery().split("cursor=");
    int from = cursor.length < 2 ? 0 : Integer.parseInt(cursor[1]);
    int to = Math.min(items.size(), from + PAGE);
    String next =
        to == items.size()
            ? "null"
            : "\"https://a.klaviyo.com" + asked.request().uri().getPath() + "?cursor=" + to + "\"";
    return Answer.json(
        200,
        "{\"data\":"
            + items.subList(from, to)
            + ",\"links\":{\"next\":"
            + next
            + ",\"prev\":\"https://a.klaviyo.com/garbage\"}}");
  }

  /** An import error that repeats a row's attributes. */
  public static String importError(Row row) {
    return """
    {"type":"import-error","id":"e","attributes":{"code":"invalid","title":"No.","detail":"No.",\
    "source":{"pointer":"/data"},"original_payload":%s}}\
    """
        .formatted(row.json.path("attributes"));
  }

  private Job make(List<Row> rows) {
    Job job = new Job("job-" + (jobs.size() + 1), rows);
    jobs.add(job);
    for (int i = 0; i < strangers; i++) {
      jobs.add(new Job("stranger-" + (jobs.size() + 1), List.of()));
    }
    return job;
  }

  /** The rows of an import's body. */
  public static List<Row> rows(String body) {
    try {
      JsonNode data = JSON.readTree(body).at("/data/attributes/profiles/data");
      List<Row> rows = new ArrayList<>();
      data.forEach(row -> rows.add(new Row(row)));
      return rows;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A refusal that points at the given rows, or at what {@code field} says of each. */
  public static Answer refusing(int status, IntStream rows, String field) {
    return Answer.json(
        status,
        rows.mapToObj(
                row ->
                    Answer.errorBody(
                        status, "invalid", "/data/attributes/profiles/data/" + row + field))
            .collect(Collectors.joining(",", "{\"errors\":[", "]}")));
  }
}
