package io.github.klaviyoexport.testkit;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.common.FatalStartupException;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * The way to the account over HTTP on the loopback interface: WireMock, with one stub that matches
 * whatever no other stub does.
 */
final class HttpDoor implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final String NAME = "klaviyo-account";
  private static final int LAST = Integer.MAX_VALUE;
  private static final int STALL_MILLIS = 3_600_000;

  private final WireMockServer server;

  HttpDoor(int port, Reception reception, Settings settings) {
    server =
        new WireMockServer(
            WireMockConfiguration.options()
                .bindAddress(ADDRESS)
                .port(port)
                .http2PlainDisabled(true)
                .gzipDisabled(true)
                .containerThreads(32)
                // A million profiles pass through here: nothing of them is to stay.
                .disableRequestJournal()
                .stubRequestLoggingDisabled(true)
                .extensions(new Transformer(reception, settings)));
    try {
      server.start();
    } catch (FatalStartupException failed) {
      throw new IllegalStateException(
          "The fake Klaviyo cannot listen on port "
              + port
              + ", which is most likely taken: choose another, or 0 for one that is free.",
          failed);
    }
    server.stubFor(
        WireMock.any(WireMock.anyUrl())
            .atPriority(LAST)
            .willReturn(WireMock.aResponse().withTransformers(NAME)));
  }

  int port() {
    return server.port();
  }

  URI baseUrl() {
    return URI.create("http://" + ADDRESS + ":" + server.port());
  }

  WireMockServer wireMock() {
    return server;
  }

  @Override
  public void close() {
    server.stop();
  }

  private static final class Transformer implements ResponseDefinitionTransformerV2 {
    private final Reception reception;
    private final Settings settings;

    Transformer(Reception reception, Settings settings) {
      this.reception = reception;
      this.settings = settings;
    }

    @Override
    public ResponseDefinition transform(ServeEvent event) {
      Answer answer = reception.answer(call(event.getRequest()));
      ResponseDefinitionBuilder response = ResponseDefinitionBuilder.responseDefinition();
      if (answer.ending() == Answer.Ending.DROPPED) {
        return response
            .withFault(com.github.tomakehurst.wiremock.http.Fault.CONNECTION_RESET_BY_PEER)
            .build();
      }
      response.withStatus(answer.status()).withBody(answer.body());
      answer.headers().forEach(response::withHeader);
      if (answer.ending() == Answer.Ending.STALLED) {
        response.withChunkedDribbleDelay(2, STALL_MILLIS);
      }
      if (!settings.latency().isZero()) {
        response.withFixedDelay(Math.toIntExact(settings.latency().toMillis()));
      }
      return response.build();
    }

    private static Call call(Request request) {
      Map<String, String> headers = new HashMap<>();
      for (HttpHeader header : request.getHeaders().all()) {
        headers.put(header.key(), header.firstValue());
      }
      String url = request.getUrl();
      int mark = url.indexOf('?');
      byte[] body = request.getBody();
      return new Call(
          request.getMethod().getName(),
          // As the caller spells it: links must lead to the origin that was called.
          "http://" + headers.getOrDefault("Host", ADDRESS),
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
}
