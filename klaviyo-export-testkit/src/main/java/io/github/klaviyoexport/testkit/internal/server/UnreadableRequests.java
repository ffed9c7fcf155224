package io.github.klaviyoexport.testkit.internal.server;

import static wiremock.jakarta.servlet.RequestDispatcher.ERROR_EXCEPTION;

import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import wiremock.jakarta.servlet.http.HttpServletRequest;
import wiremock.jakarta.servlet.http.HttpServletResponse;
import wiremock.org.eclipse.jetty.http.BadMessageException;
import wiremock.org.eclipse.jetty.http.HttpField;
import wiremock.org.eclipse.jetty.http.HttpFields;
import wiremock.org.eclipse.jetty.http.HttpURI;
import wiremock.org.eclipse.jetty.server.HttpChannel;
import wiremock.org.eclipse.jetty.server.Request;
import wiremock.org.eclipse.jetty.server.handler.ErrorHandler;

/**
 * The answers to requests that the server, or WireMock in it, could not read: in JSON:API, as all
 * that Klaviyo refuses, and recorded.
 *
 * <p>Where only the server has trouble with a request, as with a query that is not percent-encoded,
 * the account answers it as any other.
 */
final class UnreadableRequests extends ErrorHandler implements HttpChannel.Listener {
  private static final String ADMIN = "/__admin";

  // The server tells of a broken request and asks for its answer on one thread.
  private static final ThreadLocal<@Nullable Request> BROKEN = new ThreadLocal<>();

  private final AccountServer accounts;
  private final AccountPage page;

  UnreadableRequests(AccountServer accounts, AccountPage page) {
    this.accounts = accounts;
    this.page = page;
  }

  @Override
  public void onRequestFailure(Request request, Throwable failure) {
    BROKEN.set(request);
  }

  /** Answers a request of which not even the head could be read. */
  @Override
  public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
    Request request = BROKEN.get();
    BROKEN.remove();
    HttpURI uri = request == null ? null : request.getHttpURI();
    ApiResponse answer =
        refuse(
            accounts.first(),
            request == null ? "" : text(request.getMethod()),
            uri == null ? "" : text(uri.getPath()),
            uri == null ? "" : text(uri.getQuery()),
            status,
            "The request is not HTTP that can be read" + (reason == null ? "." : ": " + reason));
    answer.headers().forEach(fields::put);
    return ByteBuffer.wrap(answer.body());
  }

  /** Answers whatever the method is; the server would answer few of them. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  /** Answers a request of which the head was read, and something went wrong after that. */
  @Override
  public void handle(
      String target, Request request, HttpServletRequest same, HttpServletResponse response)
      throws IOException {
    request.setHandled(true);
    BROKEN.remove();
    ApiResponse answer = answer(request);
    if (answer == null) {
      return;
    }
    if (answer.ending() == ApiResponse.Ending.DROPPED) {
      request.getHttpChannel().abort(new IOException("The connection was scripted to break."));
      return;
    }
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    response.setContentLength(answer.body().length);
    response.getOutputStream().write(answer.body());
  }

  private @Nullable ApiResponse answer(Request request) throws IOException {
    HttpURI uri = request.getHttpURI();
    String path = text(uri.getPath());
    if (path.startsWith(ADMIN)) {
      // WireMock's own: it has said what it has to say with the status.
      return null;
    }
    if (!accounts.hostNames().has(request.getHeader("Host"))) {
      return AccountPage.misdirected();
    }
    ServedAccount account = accounts.called(request.getHeader("Authorization"), accounts.first());
    boolean readable = request.getHeader("Content-Encoding") != null || !isCut(failure(request));
    if (!readable) {
      return refuse(
          account,
          request.getMethod(),
          path,
          text(uri.getQuery()),
          400,
          "The body could not be read.");
    }
    ApiRequest call = call(request, path, text(uri.getQuery()));
    try {
      // What asks for a tunnel names no path, which is not to say the page.
      return page.answers(path) && !call.method().equals("CONNECT")
          ? page.answer(call)
          : account.dispatcher().answer(call);
    } catch (RuntimeException fault) {
      return refuse(
          account,
          call.method(),
          path,
          call.query(),
          500,
          "The fake has failed, by a fault of its own.");
    }
  }

  private static ApiResponse refuse(
      ServedAccount account, String method, String path, String query, int status, String detail) {
    return account.dispatcher().refuse(method, path, query, status, detail);
  }

  private static @Nullable Throwable failure(Request request) {
    return (Throwable) request.getAttribute(ERROR_EXCEPTION);
  }

  /** Returns whether the body broke off, or came in chunks that are none. */
  private static boolean isCut(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof BadMessageException) {
        return true;
      }
    }
    return false;
  }

  private static ApiRequest call(Request request, String path, String query) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (HttpField header : request.getHttpFields()) {
      headers.putIfAbsent(header.getName(), text(header.getValue()));
    }
    return new ApiRequest(
        request.getMethod(),
        "http://" + request.getHeader("Host"),
        path,
        query,
        headers,
        // Of a body that claims to be compressed nothing is looked at but that claim.
        headers.containsKey("Content-Encoding")
            ? new byte[0]
            : request.getInputStream().readAllBytes());
  }

  private static String text(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }
}
