package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whatever bytes come over a connection, they are answered as Klaviyo answers, or not at all: with
 * no failure of the server, in JSON:API if they are refused, and with nothing of how the fake is
 * made.
 */
public final class RawHttpFuzz {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_MILLIS = 10_000;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r\n]*\r\n");
  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
  private static final Pattern CHUNKED = Pattern.compile("(?im)^transfer-encoding: *chunked");
  // The page, and the account under its key, may quote anything; nothing else may look like this.
  private static final Pattern INSIDES =
      Pattern.compile("(?i)jetty|wiremock|\\bat [a-z.]+\\(|java\\.|exception");

  private static FakeKlaviyo klaviyo = opened();

  private RawHttpFuzz() {}

  /** An answer, taken apart. */
  record Answer(int status, String head, String body) {
    String contentType() {
      Matcher type = Pattern.compile("(?im)^content-type: *([^;\r\n]*)").matcher(head);
      return type.find() ? type.group(1).toLowerCase(Locale.ROOT) : "";
    }
  }

  private static FakeKlaviyo opened() {
    return FakeKlaviyo.builder().apiKey("pk_raw").list("Y6nRLr", "VIP").quota(false).start();
  }

  /** The fake that answers. */
  static FakeKlaviyo klaviyo() {
    return klaviyo;
  }

  /** Sends the bytes. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    // What WireMock is told is not told to Klaviyo, and could stop it.
    if (!isForWireMock(bytes)) {
      answers(bytes).forEach(answer -> judge(answer, bytes));
    }
    if (klaviyo.requests().size() > 20_000) {
      klaviyo.close();
      klaviyo = opened();
    }
  }

  private static boolean isForWireMock(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    try {
      return URLDecoder.decode(text, StandardCharsets.ISO_8859_1).contains("admin")
          || text.contains("admin");
    } catch (IllegalArgumentException notEncoded) {
      return text.contains("admin") || text.contains("%");
    }
  }

  /** Sends the bytes, ends the sending, and reads what comes back. */
  static List<Answer> answers(byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), klaviyo.baseUrl().getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
      } catch (SocketException refused) {
        // Answered before all was sent, and closed.
      }
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        all.write(next);
        while (in.available() > 0) {
          all.write(in.readNBytes(in.available()));
        }
      }
    } catch (SocketException reset) {
      // What had come is all there is.
    } catch (IOException e) {
      throw new UncheckedIOException("no end within " + PATIENCE_MILLIS + " ms", e);
    }
    return parsed(all.toString(StandardCharsets.ISO_8859_1));
  }

  private static List<Answer> parsed(String text) {
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      Matcher line = STATUS_LINE.matcher(text).region(at, text.length());
      int headEnd = text.indexOf("\r\n\r\n", at);
      if (!line.lookingAt() || headEnd < 0) {
        throw new AssertionError("No answer begins so: " + text.substring(at));
      }
      String head = text.substring(at, headEnd + 2);
      at = headEnd + 4;
      if (line.group(1).startsWith("1")) {
        // To be told to go on is no answer yet.
        continue;
      }
      StringBuilder body = new StringBuilder();
      if (!text.startsWith("HTTP/1.1 ", at)) {
        at = body(text, at, head, body);
      }
      answers.add(new Answer(Integer.parseInt(line.group(1)), head, body.toString()));
    }
    return answers;
  }

  private static int body(String text, int from, String head, StringBuilder body) {
    int at = from;
    Matcher length = LENGTH.matcher(head);
    if (CHUNKED.matcher(head).find()) {
      while (at < text.length()) {
        int lineEnd = text.indexOf("\r\n", at);
        int size = Integer.parseInt(text.substring(at, lineEnd), 16);
        body.append(text, lineEnd + 2, lineEnd + 2 + size);
        at = lineEnd + 2 + size + 2;
        if (size == 0) {
          return at;
        }
      }
      return at;
    }
    // Without a length a body goes on to the end of the connection.
    at =
        length.find()
            ? Math.min(text.length(), at + Integer.parseInt(length.group(1)))
            : text.length();
    body.append(text, from, at);
    return at;
  }

  /** Fails if an answer is none of Klaviyo's. */
  static void judge(Answer answer, byte[] bytes) {
    if (answer.status() >= 500 && answer.status() != 505) {
      throw new AssertionError("A failure of the server: " + answer);
    }
    boolean page = answer.contentType().equals("text/html") && answer.status() == 200;
    if (page && !answer.body().startsWith("<!DOCTYPE html>")) {
      throw new AssertionError("HTML that is not the page: " + answer);
    }
    if (answer.status() >= 400) {
      if (INSIDES.matcher(answer.head() + answer.body()).find()
          && !INSIDES.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).find()) {
        throw new AssertionError("Something of the fake's insides: " + answer);
      }
      // The page answers in plain words, and what asks for the head only gets no body.
      if (!answer.contentType().equals("text/plain") && !answer.body().isEmpty()) {
        errors(answer);
      }
    }
  }

  private static void errors(Answer answer) {
    try {
      JsonNode error = JSON.readTree(answer.body()).at("/errors/0");
      if (!answer.contentType().equals("application/vnd.api+json")
          || error.path("status").asInt() != answer.status()
          || error.path("id").asText().isEmpty()
          || error.path("code").asText().isEmpty()
          || error.path("detail").asText().isEmpty()) {
        throw new AssertionError("Not refused as Klaviyo refuses: " + answer);
      }
    } catch (IOException e) {
      throw new AssertionError("Not JSON: " + answer, e);
    }
  }
}
