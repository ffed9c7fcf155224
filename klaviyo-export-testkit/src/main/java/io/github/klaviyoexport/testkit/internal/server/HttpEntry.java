package io.github.klaviyoexport.testkit.internal.server;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.common.FatalStartupException;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The way to the account over HTTP on the loopback interface: WireMock, with one stub that matches
 * whatever no other stub does.
 */
public final class HttpEntry implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final String NAME = "klaviyo-account";
  private static final int LAST = Integer.MAX_VALUE;

  private final CountDownLatch closing = new CountDownLatch(1);
  private final WireMockServer server;
  private final URI baseUrl;

  /**
   * Listens on a port.
   *
   * @param port the port; 0 for one that is free
   * @throws IllegalStateException if the port is taken
   */
  HttpEntry(int port, AccountServer accounts) {
    AccountPage page = new AccountPage(accounts);
    server =
        new WireMockServer(
            WireMockConfiguration.options()
                .bindAddress(ADDRESS)
                .port(port)
                .http2PlainDisabled(true)
                .gzipDisabled(true)
                .containerThreads(32)
                .httpServerFactory(AccountHttpServer.factory(accounts, page))
                // A million profiles pass through here: nothing of them is to stay.
                .disableRequestJournal()
                .maxLoggedResponseSize(1)
                .stubRequestLoggingDisabled(true)
                // Stubs are for programs of this machine; a page of another site sends its origin.
                .adminAuthenticator(
                    request ->
                        request.getHeader("Origin") == null
                            && accounts.hostNames().has(request.getHeader("Host")))
                .extensions(new Transformer(accounts, page, closing)));
    try {
      server.start();
    } catch (FatalStartupException failed) {
      throw new IllegalStateException(
          "The fake Klaviyo cannot listen on port "
              + port
              + ", which is most likely taken: choose another, or 0 for one that is free.",
          failed);
    }
    baseUrl = URI.create("http://" + ADDRESS + ":" + server.port());
    server.stubFor(
        WireMock.any(WireMock.anyUrl())
            .atPriority(LAST)
            .willReturn(WireMock.aResponse().withTransformers(NAME)));
  }

  /** Returns where it listens, or listened before it was closed. */
  public URI baseUrl() {
    return baseUrl;
  }

  /** Returns the server, to which stubs can be added. */
  public WireMockServer wireMock() {
    return server;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop();
  }

  private static final class Transformer implements ResponseTransformerV2 {
    private final AccountServer accounts;
    private final AccountPage page;
    private final CountDownLatch closing;

    Transformer(AccountServer accounts, AccountPage page, CountDownLatch closing) {
      this.accounts = accounts;
      this.page = page;
      this.closing = closing;
    }

    @Override
    public Response transform(Response empty, ServeEvent event) {
      ApiRequest call = call(event.getRequest());
      boolean misdirected = !accounts.hostNames().has(call.header("Host"));
      if (misdirected || page.answers(call.path())) {
        ApiResponse answer = misdirected ? AccountPage.misdirected() : page.answer(call);
        return begun(answer).body(answer.body()).build();
      }
      ServedAccount account = accounts.called(call.header("Authorization"), accounts.first());
      if (account.isClosed()) {
        return broken(0);
      }
      ApiResponse answer = account.dispatcher().answer(call);
      long latency = account.settings().latency().toMillis();
      if (answer.ending() == ApiResponse.Ending.DROPPED) {
        return broken(latency);
      }
      Response.Builder response = begun(answer).incrementInitialDelay(latency);
      return answer.ending() == ApiResponse.Ending.STALLED
          ? response.body(() -> new StalledBody(answer.body(), closing)).build()
          : response.body(answer.body()).build();
    }

    /** Returns no response: the connection breaks after so many milliseconds. */
    private static Response broken(long latency) {
      return Response.response()
          .incrementInitialDelay(latency)
          .fault(com.github.tomakehurst.wiremock.http.Fault.CONNECTION_RESET_BY_PEER)
          .build();
    }

    /** Returns a response with status and headers. */
    private static Response.Builder begun(ApiResponse answer) {
      return Response.response()
          .status(answer.status())
          .headers(
              new HttpHeaders(
                  answer.headers().entrySet().stream()
                      .map(header -> new HttpHeader(header.getKey(), header.getValue()))
                      .toList()));
    }

    private static ApiRequest call(Request request) {
      Map<String, String> headers = new HashMap<>();
      for (HttpHeader header : request.getHeaders().all()) {
        headers.put(header.key(), header.firstValue());
      }
      String url = request.getUrl();
      int mark = url.indexOf('?');
      byte[] body = request.getBody();
      return new ApiRequest(
          request.getMethod().getName(),
          // As the caller spells it: links must lead to the origin that was called.
          "http://" + request.getHeader("Host"),
          mark < 0 ? url : url.substring(0, mark),
          mark < 0 ? "" : url.substring(mark + 1),
          headers,
          body == null ? new byte[0] : body);
    }

    @Override
    public String getName() {
      return NAME;
    }

    @Override
    public boolean applyGlobally() {
      return false;
    }
  }

  /** A body that begins, so that it is sent, and then keeps silent until the entry is closed. */
  private static final class StalledBody extends InputStream {
    // More than the server holds back before it sends; white space before JSON says nothing.
    private static final int LEAD = 65_536;

    private final InputStream beginning;
    private final CountDownLatch closing;

    StalledBody(byte[] body, CountDownLatch closing) {
      byte[] begun = new byte[LEAD + body.length / 2];
      Arrays.fill(begun, 0, LEAD, (byte) ' ');
      System.arraycopy(body, 0, begun, LEAD, body.length / 2);
      this.beginning = new ByteArrayInputStream(begun);
      this.closing = closing;
    }

    @Override
    public int read() throws IOException {
      int next = beginning.read();
      return next < 0 ? silence() : next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = beginning.read(buffer, offset, length);
      return count < 0 ? silence() : count;
    }

    private int silence() throws IOException {
      try {
        closing.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("The answer was scripted to stall.");
    }
  }
}
