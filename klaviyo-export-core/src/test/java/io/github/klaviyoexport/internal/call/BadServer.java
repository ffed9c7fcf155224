package io.github.klaviyoexport.internal.call;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.TransportException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A transport over real sockets, and servers that behave as badly as a test says. */
abstract class BadServer {
  static final String KEY = "Klaviyo-API-Key pk_canary_key";
  static final String PERSON = "canary@shop.example";
  static final long GUARD_SECONDS = 30;
  final HttpTransport transport = new HttpTransport(null);
  private final List<Closeable> servers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    transport.close();
    for (Closeable server : servers) {
      server.close();
    }
  }

  static KlaviyoRequest post(URI server) {
    return post(server, List.of(ByteBuffer.wrap(PERSON.getBytes(UTF_8))));
  }

  static KlaviyoRequest post(URI server, List<ByteBuffer> body) {
    return KlaviyoRequest.of("POST", server, Map.of("Authorization", KEY), body);
  }

  static KlaviyoResponse get(CompletableFuture<KlaviyoResponse> sent) throws Exception {
    return sent.get(GUARD_SECONDS, TimeUnit.SECONDS);
  }

  TransportException failureOf(Handler handler) throws Exception {
    return failureOf(post(serving(handler)));
  }

  /** The failure of an exchange, which shows neither the key nor a person, its causes included. */
  TransportException failureOf(KlaviyoRequest request) throws Exception {
    try {
      KlaviyoResponse response = get(transport.send(request));
      throw new AssertionError("It was answered: " + response);
    } catch (ExecutionException failure) {
      StringWriter all = new StringWriter();
      failure.printStackTrace(new PrintWriter(all));
      assertThat(all.toString()).doesNotContain("canary");
      assertThat(failure.getCause()).isInstanceOf(TransportException.class);
      return (TransportException) failure.getCause();
    }
  }

  URI serving(Handler handler) throws IOException {
    return serving(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), handler);
  }

  URI serving(ServerSocket socket, Handler handler) {
    servers.add(socket);
    Thread server =
        new Thread(
            () -> {
              while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                  handler.handle(new Exchange(connection));
                } catch (IOException | InterruptedException ended) {
                  // The client has gone, or the test is over.
                }
              }
            },
            "bad-server");
    server.setDaemon(true);
    server.start();
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/api/lists?x=%5B1%5D");
  }

  /** What a server does with a connection; it is closed afterwards. */
  interface Handler {
    void handle(Exchange exchange) throws IOException, InterruptedException;
  }

  static final class Exchange {
    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;
    String head = "";

    Exchange(Socket connection) throws IOException {
      this.connection = connection;
      this.in = connection.getInputStream();
      this.out = connection.getOutputStream();
    }

    /** Reads a request to its end; returns its body. */
    byte[] readRequest() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (!bytes.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException();
        }
        bytes.write(next);
      }
      head = bytes.toString(ISO_8859_1);
      int length =
          head.lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
              .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
              .findFirst()
              .orElse(0);
      return in.readNBytes(length);
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    /** Returns when the client has closed the connection. */
    void readUntilHungUp() {
      try {
        byte[] ignored = new byte[64 * 1024];
        while (in.read(ignored) >= 0) {}
      } catch (IOException reset) {
        // That is hanging up, too.
      }
    }

    void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }
}
