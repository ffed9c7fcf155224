package io.github.klaviyoexport.testkit.benchmark;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A server that takes everything and looks at nothing: the list is there, every job is complete at
 * once and without errors. It runs in a process of its own, so its work is not measured, and prints
 * the port it listens on.
 */
final class Sink {
  private static final String JOBS = "/api/profile-bulk-import-jobs";
  private static final int PAGE = 100;

  /** The form that Klaviyo's own moments have. */
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private final List<String> jobs = new ArrayList<>();
  private final String origin;
  private long bytes;

  private Sink(String origin) {
    this.origin = origin;
  }

  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    String origin = "http://127.0.0.1:" + server.getAddress().getPort();
    Sink sink = new Sink(origin);
    server.createContext("/", sink::answer);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println(origin);
    // Whoever started it ends it by closing its input.
    System.in.transferTo(OutputStream.nullOutputStream());
    server.stop(0);
    System.exit(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      long length = drained(exchange.getRequestBody());
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/totals")) {
        respond(exchange, 200, totals());
      } else if (exchange.getRequestMethod().equals("POST")) {
        respond(exchange, 202, "{\"data\":" + taken(length) + "}");
      } else if (path.startsWith("/api/lists/")) {
        respond(exchange, 200, "{\"data\":{\"type\":\"list\",\"id\":\"Y6nRLr\"}}");
      } else if (path.startsWith(JOBS + "/")) {
        respond(exchange, 200, "{\"data\":" + job(path.substring(JOBS.length() + 1)) + "}");
      } else {
        respond(exchange, 200, page(exchange.getRequestURI().getQuery()));
      }
    }
  }

  private static long drained(InputStream body) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long length = 0;
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      length += read;
    }
    return length;
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.api+json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private synchronized String taken(long length) {
    bytes += length;
    String job =
        "{\"type\":\"profile-bulk-import-job\",\"id\":\"job-"
            + jobs.size()
            + "\",\"attributes\":{\"status\":\"complete\",\"failed_count\":0,\"created_at\":\""
            + MOMENT.format(OffsetDateTime.now(ZoneOffset.UTC))
            + "\"}}";
    jobs.add(job);
    return job;
  }

  private synchronized String job(String id) {
    return jobs.get(Integer.parseInt(id.substring("job-".length())));
  }

  /** A page of the jobs, the newest first; the cursor is the number of jobs that are older. */
  private synchronized String page(String query) {
    int end = jobs.size();
    if (query != null && query.contains("cursor=")) {
      end = Integer.parseInt(query.replaceAll(".*cursor=(\\d+).*", "$1"));
    }
    int start = Math.max(0, end - PAGE);
    List<String> page = new ArrayList<>(jobs.subList(start, end));
    Collections.reverse(page);
    String next = start == 0 ? "null" : "\"" + origin + JOBS + "?cursor=" + start + "\"";
    return page.stream()
        .collect(Collectors.joining(",", "{\"data\":[", "],\"links\":{\"next\":" + next + "}}"));
  }

  /** How many jobs and bytes there were; the next client begins at zero. */
  private synchronized String totals() {
    String totals = jobs.size() + " " + bytes;
    jobs.clear();
    bytes = 0;
    return totals;
  }
}
