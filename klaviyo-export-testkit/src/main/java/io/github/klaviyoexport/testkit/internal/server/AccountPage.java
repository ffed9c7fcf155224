package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The page that shows the account in a browser, and the paths below {@code /fake/} from which it
 * takes what it shows.
 *
 * <p>Looking is no request: it draws no quota, is not recorded, needs no key and meets no fault.
 * Nothing can be changed from here.
 */
final class AccountPage {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json";
  private static final Map<String, String> FILES =
      Map.of(
          "/", HTML,
          "/fake/page.css", "text/css; charset=utf-8",
          "/fake/page.js", "text/javascript; charset=utf-8");

  // What profiles and lists are called is anybody's text, so nothing on the page may be code.
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cache-Control",
          "no-store");

  // Under any other name it was reached through a stranger's DNS, and must not show the account.
  private static final Pattern OWN_HOST =
      Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private final ServedAccount account;

  /** Prepares the page of an account. */
  AccountPage(ServedAccount account) {
    this.account = account;
  }

  /** Returns whether the page answers calls of that path, rather than the account. */
  boolean answers(String path) {
    return path.equals("/") || path.startsWith("/fake/");
  }

  /** Returns whether a {@code Host} header names this machine. */
  static boolean isOwnHost(@Nullable String host) {
    return OWN_HOST.matcher(Objects.requireNonNullElse(host, "")).matches();
  }

  ApiResponse answer(ApiRequest call) {
    if (!isOwnHost(call.header("Host"))) {
      return text(403, "Open this page as http://localhost, at the port you came to.");
    }
    if (!call.method().equals("GET")) {
      return text(405, "This can only be read: use GET.").with(Map.of("Allow", "GET"));
    }
    String type = FILES.get(call.path());
    if (type != null) {
      return answer(200, type, file(call.path()));
    }
    AccountPageState state = account.dispatcher().pageState();
    try {
      return switch (call.path()) {
        case "/fake/state" -> answer(200, JSON, JsonValues.bytes(state.overview()));
        case "/fake/members" -> answer(200, JSON, JsonValues.bytes(state.members(call)));
        case "/fake/profile" -> answer(200, JSON, JsonValues.bytes(state.profile(call)));
        default -> text(404, "There is nothing here. The page is at /.");
      };
    } catch (ApiErrorException error) {
      return text(error.status(), error.problems().get(0).detail());
    }
  }

  private static byte[] file(String path) {
    String name = path.equals("/") ? "page.html" : path.substring("/fake/".length());
    try (InputStream file = AccountPage.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(file, name).readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static ApiResponse text(int status, String text) {
    return answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private static ApiResponse answer(int status, String type, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>(HEADERS);
    headers.put("Content-Type", type);
    return new ApiResponse(status, headers, body, ApiResponse.Ending.COMPLETE);
  }
}
