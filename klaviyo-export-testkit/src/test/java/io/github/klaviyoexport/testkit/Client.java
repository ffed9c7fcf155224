package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** A plain client of a fake, as a stranger would write it, through one of its entries. */
public final class Client {
  public static final String IMPORTS = "/api/profile-bulk-import-jobs";
  public static final String LIST = "Y6nRLr";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Channel channel;
  private final Map<String, String> headers;

  /** One exchange; a broken connection is an IOException. */
  interface Channel {
    public Reply send(String method, String path, Map<String, String> headers, byte[] body)
        throws IOException, InterruptedException;
  }

  /** What came back. */
  public record Reply(int status, UnaryOperator<String> headers, String text) {
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.apply(name));
    }

    public JsonNode json() {
      try {
        return MAPPER.readTree(text);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + text, e);
      }
    }

    /** The value at a JSON pointer, as text; null if it is null or not there. */
    public String at(String pointer) {
      return json().at(JsonPointer.compile(pointer)).asText(null);
    }

    /** The values at a pointer below each element of data, as text. */
    public List<String> each(String pointer) {
      return StreamSupport.stream(json().path("data").spliterator(), false)
          .map(element -> element.at(pointer).asText(null))
          .toList();
    }

    public List<String> pointers() {
      return StreamSupport.stream(json().path("errors").spliterator(), false)
          .map(error -> error.at("/source/pointer").asText(null))
          .toList();
    }
  }

  private Client(Channel channel, Map<String, String> headers) {
    this.channel = channel;
    this.headers = headers;
  }

  public static Client overHttp(FakeKlaviyo klaviyo) {
    return new Client(
        (method, path, headers, body) -> {
          HttpRequest.Builder request =
              HttpRequest.newBuilder(klaviyo.baseUrl().resolve(path))
                  .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
          headers.forEach(request::header);
          HttpResponse<String> response =
              HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
          return new Reply(
              response.statusCode(),
              name -> response.headers().firstValue(name).orElse(null),
              response.body());
        },
        usual(klaviyo));
  }

  public static Client inProcess(FakeKlaviyo klaviyo) {
    return new Client(
        (method, path, headers, body) -> {
          URI uri = URI.create("https://a.klaviyo.com").resolve(path);
          KlaviyoRequest request =
              KlaviyoRequest.of(method, uri, headers, List.of(ByteBuffer.wrap(body)));
          try {
            KlaviyoResponse response = klaviyo.transport().send(request).get();
            return new Reply(
                response.status(),
                name -> response.header(name).orElse(null),
                new String(response.body(), StandardCharsets.UTF_8));
          } catch (ExecutionException failed) {
            throw (TransportException) failed.getCause();
          }
        },
        usual(klaviyo));
  }

  private static Map<String, String> usual(FakeKlaviyo klaviyo) {
    return Map.of(
        "Authorization", "Klaviyo-API-Key " + klaviyo.apiKey().value(),
        "revision", "2026-07-15",
        "Accept", "application/vnd.api+json",
        "Content-Type", "application/vnd.api+json");
  }

  /** The same client with another header. */
  public Client with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Client(channel, more);
  }

  /** The same client without a header. */
  public Client without(String header) {
    Map<String, String> fewer = new LinkedHashMap<>(headers);
    fewer.remove(header);
    return new Client(channel, fewer);
  }

  public Reply send(String method, String path, String body) {
    try {
      return tryToSend(method, path, body);
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    }
  }

  public Reply tryToSend(String method, String path, String body) throws IOException {
    try {
      return channel.send(method, path, headers, body.getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public Reply get(String path) {
    return send("GET", path, "");
  }

  /** A GET with parameters, given as name, value, name, value, percent-encoded here. */
  public Reply get(String path, String... parameters) {
    return get(
        IntStream.range(0, parameters.length / 2)
            .mapToObj(i -> encoded(parameters[2 * i]) + "=" + encoded(parameters[2 * i + 1]))
            .collect(Collectors.joining("&", path + "?", "")));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Every page, by its links. */
  public List<Reply> pages(String path, String... parameters) {
    List<Reply> pages = new ArrayList<>();
    Reply page = get(path, parameters);
    pages.add(page);
    while (page.at("/links/next") != null) {
      URI next = URI.create(page.at("/links/next"));
      page = get(next.getRawPath() + "?" + next.getRawQuery());
      pages.add(page);
    }
    return pages;
  }

  /** Adds profiles to the list, or removes them, by their ids. */
  public Reply members(String method, List<String> ids) {
    return send(
        method,
        "/api/lists/" + LIST + "/relationships/profiles",
        ids.stream()
            .map(id -> "{\"type\":\"profile\",\"id\":\"" + id + "\"}")
            .collect(Collectors.joining(",", "{\"data\":[", "]}")));
  }

  /** Imports rows into the list. */
  public Reply submit(String... rows) {
    return send("POST", IMPORTS, importOf(rows));
  }

  public Reply job(Reply accepted) {
    return get(IMPORTS + "/" + accepted.at("/data/id"));
  }

  public static String importOf(String... rows) {
    return "{\"data\":{\"type\":\"profile-bulk-import-job\",\"attributes\":{\"profiles\":{\"data\":["
        + String.join(",", rows)
        + "]}},\"relationships\":{\"lists\":{\"data\":[{\"type\":\"list\",\"id\":\"Y6nRLr\"}]}}}}";
  }

  /** A row with these attributes, given as the inside of a JSON object. */
  public static String row(String attributes) {
    return "{\"type\":\"profile\",\"attributes\":{" + attributes + "}}";
  }

  public static String email(String email) {
    return row("\"email\":\"" + email + "\"");
  }

  /** So many rows with email addresses customer0@shop.example and up. */
  public static String[] customers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> email("customer" + i + "@shop.example"))
        .toArray(String[]::new);
  }
}
