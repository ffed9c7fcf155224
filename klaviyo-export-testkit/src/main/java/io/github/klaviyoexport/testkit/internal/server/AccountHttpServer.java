package io.github.klaviyoexport.testkit.internal.server;

import com.github.tomakehurst.wiremock.core.Options;
import com.github.tomakehurst.wiremock.http.AdminRequestHandler;
import com.github.tomakehurst.wiremock.http.HttpServer;
import com.github.tomakehurst.wiremock.http.HttpServerFactory;
import com.github.tomakehurst.wiremock.http.StubRequestHandler;
import com.github.tomakehurst.wiremock.jetty.JettyHttpServerFactory;
import com.github.tomakehurst.wiremock.jetty11.Jetty11HttpServer;
import java.io.IOException;
import wiremock.jakarta.servlet.ServletException;
import wiremock.jakarta.servlet.http.HttpServletRequest;
import wiremock.jakarta.servlet.http.HttpServletResponse;
import wiremock.org.eclipse.jetty.server.Handler;
import wiremock.org.eclipse.jetty.server.Request;
import wiremock.org.eclipse.jetty.server.handler.ContextHandler;
import wiremock.org.eclipse.jetty.server.handler.HandlerWrapper;

/**
 * The HTTP server below WireMock, in which the account answers what the server or WireMock cannot
 * read.
 */
final class AccountHttpServer extends Jetty11HttpServer {

  private AccountHttpServer(
      Options options,
      AdminRequestHandler admin,
      StubRequestHandler stubs,
      UnreadableRequests unreadable) {
    super(options, admin, stubs);
    jettyServer.setErrorHandler(unreadable);
    for (Handler context : jettyServer.getChildHandlersByClass(ContextHandler.class)) {
      ((ContextHandler) context).setErrorHandler(unreadable);
    }
    httpConnector.addBean(unreadable);
    HandlerWrapper first =
        new HandlerWrapper() {
          @Override
          public void handle(
              String target, Request base, HttpServletRequest call, HttpServletResponse answer)
              throws IOException, ServletException {
            // WireMock would open a tunnel.
            if (base.getMethod().equals("CONNECT")) {
              unreadable.handle(target, base, call, answer);
            } else {
              super.handle(target, base, call, answer);
            }
          }
        };
    first.setHandler(jettyServer.getHandler());
    jettyServer.setHandler(first);
  }

  /** Returns what WireMock makes its server with. */
  static HttpServerFactory factory(AccountServer accounts, AccountPage page) {
    return new HttpServerFactory() {
      @Override
      public HttpServer buildHttpServer(
          Options options, AdminRequestHandler admin, StubRequestHandler stubs) {
        try {
          return new AccountHttpServer(
              options, admin, stubs, new UnreadableRequests(accounts, page));
        } catch (LinkageError otherServer) {
          // Another build of WireMock comes first on the class path, with a Jetty of its own.
          return new JettyHttpServerFactory().buildHttpServer(options, admin, stubs);
        }
      }
    };
  }
}
