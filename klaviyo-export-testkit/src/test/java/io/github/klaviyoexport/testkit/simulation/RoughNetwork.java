package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The way from an export to the fake account, and all that can go wrong on it.
 *
 * <p>Requests arrive after a while and answers come back after another, so they overtake each
 * other. It remembers every batch that was sent, and whether its answer was delivered.
 */
final class RoughNetwork implements KlaviyoTransport {
  /** A request that has left arrives within this time, even if its sender is dead by then. */
  static final Duration LONGEST_WAY = Duration.ofSeconds(2);

  private static final Pattern EMAIL = Pattern.compile("\"email\":\"([^\"]+)\"");
  private static final Pattern JOB = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final Pattern POINTER =
      Pattern.compile("\"pointer\":\"/data/attributes/profiles[^\"]*\"");
  private static final Pattern CURSOR = Pattern.compile("&simulated=(\\d+)");
  private static final Pattern PAYLOAD = Pattern.compile("\"original_payload\":\\{[^{}]*\\}");

  private final FakeKlaviyo klaviyo;
  private final VirtualTime time;
  private final SplittableRandom random;
  private final List<String> trace;
  private final int mostRows;
  private final boolean namesRows;
  private final List<Post> posts = new ArrayList<>();
  private final Map<String, Post> jobs = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private Weather weather = Weather.calm();
  private Lifeline lifeline = Lifeline.endless();
  private int round;
  private int run;
  private int version;
  private int storm;
  private boolean strays;
  private boolean endlessJobs;

  /** A batch that was sent. */
  static final class Post {
    final int round;
    final long digest;
    final int run;
    final int version;
    final Set<String> emails;
    boolean refused;
    boolean written;

    Post(int round, int run, int version, byte[] body) {
      this.round = round;
      this.run = run;
      this.version = version;
      CRC32 crc = new CRC32();
      crc.update(body);
      this.digest = crc.getValue();
      this.emails = new LinkedHashSet<>();
      EMAIL
          .matcher(new String(body, StandardCharsets.UTF_8))
          .results()
          .forEach(match -> emails.add(match.group(1)));
    }

    @Override
    public String toString() {
      return "round "
          + round
          + ", run "
          + run
          + ", version "
          + version
          + (written ? ", written: " : refused ? ", refused: " : ": ")
          + emails;
    }
  }

  private enum Mishap {
    NONE,
    NO_CONNECTION,
    LOST_BEFORE,
    LOST_AFTER,
    BROKEN,
    STALLED_BEFORE,
    STALLED_AFTER,
    TRUNCATED,
    NOT_JSON,
    OTHER_TYPE,
    EMPTY,
    SERVER_ERROR_BEFORE,
    SERVER_ERROR_AFTER,
    SERVER_ERROR_WITH_TIME,
    TIMED_OUT,
    THROTTLED,
    THROTTLED_WITH_DATE,
    THROTTLED_WITHOUT_TIME
  }

  /**
   * A network.
   *
   * @param mostRows a request of more profiles is refused as too large
   * @param namesRows whether refusals say which rows they mean
   */
  RoughNetwork(
      FakeKlaviyo klaviyo,
      VirtualTime time,
      SplittableRandom random,
      List<String> trace,
      int mostRows,
      boolean namesRows) {
    this.klaviyo = klaviyo;
    this.time = time;
    this.random = random;
    this.trace = trace;
    this.mostRows = mostRows;
    this.namesRows = namesRows;
  }

  /** What it is like from now on, and how long the process lives that uses it. */
  void set(int round, Weather weather, Lifeline lifeline) {
    this.round = round;
    this.weather = weather;
    this.lifeline = lifeline;
  }

  /** Which version of the segment is read from now on. */
  void version(int version) {
    this.version = version;
  }

  /** The journal has it in writing that a run has begun. */
  void runBegan() {
    run++;
    refused.clear();
  }

  /** The journal has it in writing that Klaviyo refused a profile. */
  void refused(String email) {
    refused.add(email);
  }

  /** The next so many exchanges are rate-limited, whatever the weather. */
  void storm(int exchanges) {
    storm = exchanges;
  }

  /** The batches sent so far. */
  List<Post> posts() {
    return posts;
  }

  /** Those of the run that the journal speaks of, as far as they were read from one version. */
  List<Post> ofThisRun() {
    return posts.stream().filter(post -> post.run == run && post.version == version).toList();
  }

  /** The email addresses sent in a round. */
  Set<String> sent(int round) {
    Set<String> sent = new LinkedHashSet<>();
    posts.stream().filter(post -> post.round == round).forEach(post -> sent.addAll(post.emails));
    return sent;
  }

  /** The email addresses that the journal's run need not send again. */
  Set<String> settled() {
    Set<String> settled = new HashSet<>(refused);
    posts.stream()
        .filter(post -> post.run == run && post.written)
        .forEach(post -> settled.addAll(post.emails));
    return settled;
  }

  /** The journal has it in writing that the job was made. */
  void written(String job) {
    Post post = jobs.get(job);
    if (post != null) {
      post.written = true;
    }
  }

  /** Whether a request arrived whose sender had given it up. */
  boolean hasStrays() {
    return strays;
  }

  /** Whether a job will stay in processing until Klaviyo forgets it. */
  boolean hasEndlessJobs() {
    return endlessJobs;
  }

  @Override
  public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
    lifeline.step();
    boolean posts = request.method().equals("POST");
    byte[] body = bytes(request);
    Post post = posts ? new Post(round, run, version, body) : null;
    if (post != null) {
      this.posts.add(post);
    }
    Mishap mishap = mishap();
    trace.add(
        time.nanoTime() / 1_000_000
            + " "
            + request.method()
            + " "
            + request.uri().getRawPath()
            + (post == null ? "" : " " + post.emails.size() + " rows " + post.digest)
            + " "
            + mishap);
    CompletableFuture<KlaviyoResponse> exchange = new CompletableFuture<>();
    Duration way = Duration.ofMillis(random.nextLong(LONGEST_WAY.toMillis()));
    Duration back = Duration.ofMillis(random.nextInt(weather.slowness() + 1));
    boolean slow = weather.slowness() > 1_000;
    time.schedule(slow ? way : Duration.ZERO, () -> arrive(request, post, mishap, exchange, back));
    lifeline.step();
    return exchange;
  }

  private Mishap mishap() {
    if (storm > 0) {
      storm--;
      return storm % 2 == 0 ? Mishap.THROTTLED : Mishap.THROTTLED_WITH_DATE;
    }
    return random.nextDouble() < weather.mishaps()
        ? Mishap.values()[1 + random.nextInt(Mishap.values().length - 1)]
        : Mishap.NONE;
  }

  private void arrive(
      KlaviyoRequest request,
      @Nullable Post post,
      Mishap mishap,
      CompletableFuture<KlaviyoResponse> exchange,
      Duration back) {
    if (exchange.isDone()) {
      if (random.nextBoolean()) {
        return;
      }
      strays = true;
    }
    switch (mishap) {
      case NO_CONNECTION -> later(back, () -> fail(exchange, broken(Fate.UNPROCESSED)));
      case LOST_BEFORE -> later(back, () -> fail(exchange, broken(Fate.UNKNOWN)));
      case BROKEN -> later(back, () -> fail(exchange, new IOException("reset by peer")));
      case STALLED_BEFORE -> {
        // Nothing ever comes.
      }
      case SERVER_ERROR_BEFORE -> answer(exchange, back, serverError());
      case SERVER_ERROR_WITH_TIME ->
          answer(exchange, back, response(503, "text/html", "<p>busy", "Retry-After", "20"));
      case TIMED_OUT -> answer(exchange, back, response(408, "text/html", ""));
      case THROTTLED -> throttle(exchange, back, "Retry-After", "" + random.nextInt(1, 90));
      case THROTTLED_WITH_DATE -> {
        var now = time.now().atOffset(ZoneOffset.UTC);
        DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
        String until = format.format(now.plusSeconds(random.nextInt(1, 90)));
        throttle(exchange, back, "Date", format.format(now), "Retry-After", until);
      }
      case THROTTLED_WITHOUT_TIME -> throttle(exchange, back);
      default -> process(request, post, mishap, exchange, back);
    }
  }

  private void process(
      KlaviyoRequest request,
      @Nullable Post post,
      Mishap mishap,
      CompletableFuture<KlaviyoResponse> exchange,
      Duration back) {
    KlaviyoResponse answer = processed(request, post);
    switch (mishap) {
      case LOST_AFTER -> later(back, () -> fail(exchange, broken(Fate.UNKNOWN)));
      case STALLED_AFTER -> {
        // It was done, and nobody hears of it.
      }
      case SERVER_ERROR_AFTER -> answer(exchange, back, serverError());
      case TRUNCATED -> answer(exchange, back, with(answer, half(answer.body())));
      case NOT_JSON ->
          answer(exchange, back, with(answer, "<html>".getBytes(StandardCharsets.US_ASCII)));
      case OTHER_TYPE ->
          answer(exchange, back, response(200, "text/html", "<html>Welcome to Hotel Wi-Fi"));
      case EMPTY -> answer(exchange, back, with(answer, new byte[0]));
      default ->
          later(
              back,
              () -> {
                if (exchange.complete(answer)) {
                  delivered(post, answer);
                }
              });
    }
  }

  /** A job was made of the batch; an export that is not told of it may find it all the same. */
  private void made(Post post, KlaviyoResponse answer) {
    if (answer.status() == 202) {
      var job = JOB.matcher(text(answer));
      if (job.find()) {
        jobs.put(job.group(1), post);
      }
    }
  }

  private void delivered(@Nullable Post post, KlaviyoResponse answer) {
    if (post != null) {
      post.refused = answer.status() != 202;
    }
    trace.add(time.nanoTime() / 1_000_000 + " " + answer.status());
  }

  private KlaviyoResponse processed(KlaviyoRequest request, @Nullable Post post) {
    if (random.nextDouble() < weather.refusals()) {
      return refusal();
    }
    if (post == null) {
      return request.uri().getRawPath().endsWith("/import-errors")
          ? errorPage(request)
          : klaviyo.transport().send(request).join();
    }
    if (post.emails.size() > mostRows) {
      return response(413, "text/html", "<html>too large");
    }
    if (random.nextDouble() < weather.oddJobs()) {
      klaviyo.script(Operation.BULK_IMPORT_PROFILES, oddJob());
    }
    KlaviyoResponse answer = klaviyo.transport().send(request).join();
    made(post, answer);
    return answer.status() == 400 && !namesRows
        ? with(answer, POINTER.matcher(text(answer)).replaceAll("\"pointer\":\"/data\""))
        : answer;
  }

  private Fault oddJob() {
    int kind = random.nextInt(20);
    if (kind == 0) {
      endlessJobs = true;
      return Fault.jobEndless();
    }
    return kind < 5
        ? Fault.jobCancelled()
        : Fault.jobTakes(Duration.ofSeconds(random.nextInt(1, 60 * 60)));
  }

  private static KlaviyoResponse response(int status, String type, String body, String... headers) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Content-Type", List.of(type));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return KlaviyoResponse.of(status, all, body.getBytes(StandardCharsets.UTF_8));
  }

  private KlaviyoResponse serverError() {
    int[] statuses = {500, 502, 503, 504, 524};
    return response(statuses[random.nextInt(statuses.length)], "text/html", "<html>sorry");
  }

  private KlaviyoResponse refusal() {
    int[] statuses = {401, 403, 404, 405, 410, 403};
    int kind = random.nextInt(statuses.length);
    return kind == 5
        ? response(403, "text/html", "<html>Just a moment...")
        : response(statuses[kind], "application/vnd.api+json", "{\"errors\":[]}");
  }

  /** Import errors in pages of two, of which some lead in circles or astray, or name nobody. */
  private KlaviyoResponse errorPage(KlaviyoRequest request) {
    String query = request.uri().getRawQuery();
    var cursor = CURSOR.matcher(query);
    int page = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
    URI plain = URI.create(request.uri().toString().replaceFirst("&simulated=\\d+", ""));
    KlaviyoResponse whole =
        klaviyo
            .transport()
            .send(KlaviyoRequest.of(request.method(), plain, request.headers(), request.body()))
            .join();
    if (whole.status() != 200) {
      return whole;
    }
    String body = text(whole);
    String[] errors =
        body.replaceFirst(".*?\"data\":\\[", "").split("(?=\\{\"type\":\"import-error)");
    errors[errors.length - 1] = errors[errors.length - 1].replaceFirst("\\],\"links\".*", "");
    int from = Math.min(page * 2, errors.length);
    int to = Math.min(from + 2, errors.length);
    String items = String.join("", Arrays.copyOfRange(errors, from, to)).replaceFirst(",$", "");
    String next = to < errors.length ? plain + "&simulated=" + (page + 1) : "";
    if (random.nextDouble() < weather.oddErrorPages()) {
      switch (random.nextInt(3)) {
        case 0 -> items = PAYLOAD.matcher(items).replaceAll("\"original_payload\":null");
        case 1 -> next = plain + "&simulated=" + page;
        default -> next = "https://shop.example/elsewhere";
      }
    }
    return with(
        whole,
        "{\"data\":["
            + items
            + "],\"links\":{\"next\":"
            + (next.isEmpty() ? "null" : "\"" + next + "\"")
            + "}}");
  }

  private void throttle(
      CompletableFuture<KlaviyoResponse> exchange, Duration back, String... headers) {
    answer(
        exchange,
        back,
        response(
            429, "application/vnd.api+json", "{\"errors\":[{\"code\":\"throttled\"}]}", headers));
  }

  private void answer(
      CompletableFuture<KlaviyoResponse> exchange, Duration back, KlaviyoResponse answer) {
    later(back, () -> exchange.complete(answer));
  }

  private void later(Duration back, Runnable event) {
    time.schedule(back, event);
  }

  private static void fail(CompletableFuture<KlaviyoResponse> exchange, Exception failure) {
    exchange.completeExceptionally(failure);
  }

  private static TransportException broken(Fate fate) {
    return new TransportException(
        fate, "the line went dead, " + fate.name().toLowerCase(Locale.ROOT), null);
  }

  private static KlaviyoResponse with(KlaviyoResponse answer, String body) {
    return with(answer, body.getBytes(StandardCharsets.UTF_8));
  }

  private static KlaviyoResponse with(KlaviyoResponse answer, byte[] body) {
    return response(
        answer.status(),
        answer.header("Content-Type").orElse(""),
        new String(body, StandardCharsets.UTF_8));
  }

  private static byte[] half(byte[] body) {
    return Arrays.copyOf(body, body.length / 2);
  }

  private static String text(KlaviyoResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(KlaviyoRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer part : request.body()) {
      byte[] copy = new byte[part.remaining()];
      part.duplicate().get(copy);
      bytes.writeBytes(copy);
    }
    return bytes.toByteArray();
  }
}
