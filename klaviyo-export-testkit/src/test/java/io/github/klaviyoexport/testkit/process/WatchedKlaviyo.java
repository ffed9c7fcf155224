package io.github.klaviyoexport.testkit.process;

import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.Response;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A fake account behind real HTTP that remembers which batches it was sent, and tells when a
 * request has been processed whose answer is not sent yet.
 *
 * <p>Its clock moves on by a second with each look at its jobs, which take some. It refuses some
 * profiles and fails to import others.
 */
final class WatchedKlaviyo implements AutoCloseable {
  private static final Duration JOB_DURATION = Duration.ofSeconds(6);
  private static final Pattern JOB = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final Pattern TAKEN = Pattern.compile("\"entry\":\"taken\".*\"job\":\"([^\"]+)\"");

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo;
  private final List<String> posts = new ArrayList<>();
  private final Map<String, String> postsByJob = new HashMap<>();
  private final List<Watch> watches = new ArrayList<>();

  /** Somebody who waits for a request. */
  private static final class Watch {
    private final Operation operation;
    private final Runnable then;
    private int left;

    Watch(Operation operation, int number, Runnable then) {
      this.operation = operation;
      this.left = number;
      this.then = then;
    }

    boolean isMetBy(Request request) {
      return request.getMethod().getName().equals(operation.method())
          && request
              .getUrl()
              .replaceFirst("\\?.*", "")
              .matches(operation.path().replace("{id}", "[^/]+"))
          && --left == 0;
    }
  }

  private WatchedKlaviyo() {
    // Processes that come one after the other know nothing of each other's calls.
    klaviyo = FakeKlaviyo.builder().time(time).jobDuration(JOB_DURATION).quota(false).start();
    klaviyo.wireMock().addMockServiceRequestListener(this::processed);
  }

  /** An account that refuses nobody. */
  static WatchedKlaviyo takingAll() {
    return new WatchedKlaviyo();
  }

  WatchedKlaviyo(GeneratedProfiles profiles) {
    this();
    // They are far enough apart that no batch has two of a kind.
    List<String> emails =
        profiles.stream()
            .map(profile -> String.valueOf(profile.value("EMailAddress")))
            .filter(email -> email.endsWith("@shop.example"))
            .distinct()
            .toList();
    for (int i = 0; i < emails.size(); i += 150) {
      klaviyo.refuseProfiles("email", emails.get(i));
      klaviyo.failProfiles(emails.get(i + 20), emails.get(i + 21));
    }
  }

  private void processed(Request request, Response response) {
    List<Runnable> now = new ArrayList<>();
    synchronized (this) {
      if (request.getMethod().getName().equals("POST")) {
        String post = digest(request.getBody());
        posts.add(post);
        Matcher job = JOB.matcher(new String(response.getBody(), StandardCharsets.UTF_8));
        if (response.getStatus() == 202 && job.find()) {
          postsByJob.put(job.group(1), post);
        }
      } else {
        time.advance(Duration.ofSeconds(1));
      }
      for (Watch watch : List.copyOf(watches)) {
        if (watch.isMetBy(request)) {
          watches.remove(watch);
          now.add(watch.then);
        }
      }
    }
    now.forEach(Runnable::run);
  }

  private static String digest(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return body.length + " bytes, " + Long.toHexString(crc.getValue());
  }

  URI baseUrl() {
    return klaviyo.baseUrl();
  }

  String apiKey() {
    return klaviyo.apiKey().value();
  }

  KlaviyoConnection connection() {
    return klaviyo.httpConnection();
  }

  void script(Operation operation, Fault... faults) {
    klaviyo.script(operation, faults);
  }

  /** Has something happen between the processing of a request, counted from now, and its answer. */
  synchronized void when(Operation operation, int number, Runnable then) {
    watches.add(new Watch(operation, number, then));
  }

  /** The moment at which a request, counted from now, has been processed. */
  CompletableFuture<Void> processed(Operation operation, int number) {
    CompletableFuture<Void> moment = new CompletableFuture<>();
    when(operation, number, () -> moment.complete(null));
    return moment;
  }

  /** Nothing happens any more. */
  synchronized void forgetWatches() {
    watches.clear();
  }

  /** The batches that it was sent so far, each as a digest of its bytes. */
  synchronized List<String> posts() {
    return List.copyOf(posts);
  }

  /** The batches that it took over, as a journal has it in writing of a run that has not ended. */
  synchronized Set<String> takenBy(List<String> journal) {
    Set<String> taken = new HashSet<>();
    for (String line : journal) {
      if (line.contains("\"entry\":\"finished\"")) {
        // Killed before it could say so: the next process exports anew.
        return Set.of();
      }
      Matcher job = TAKEN.matcher(line);
      if (job.find()) {
        taken.add(postsByJob.get(job.group(1)));
      }
    }
    return taken;
  }

  /** How many requests of an operation there were. */
  int count(Operation operation) {
    return klaviyo.requests(operation).size();
  }

  /** The members of the list with all that the account knows of them. */
  Map<String, Map<String, Object>> members() {
    time.advance(Duration.ofDays(1));
    Map<String, Map<String, Object>> members = new TreeMap<>();
    for (String email : klaviyo.list().emails()) {
      members.put(email, klaviyo.list().profile(email).orElseThrow());
    }
    return members;
  }

  @Override
  public void close() {
    klaviyo.close();
  }
}
