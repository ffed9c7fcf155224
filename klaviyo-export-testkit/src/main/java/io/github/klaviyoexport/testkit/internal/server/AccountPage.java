package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/**
 * The page that shows the accounts at an address in a browser, and the paths below {@code /fake/}
 * from which it takes what it shows.
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

  private final AccountServer accounts;

  /** Prepares the page of the accounts at one address. */
  AccountPage(AccountServer accounts) {
    this.accounts = accounts;
  }

  /** Returns whether the page answers calls of that path, rather than the account. */
  boolean answers(String path) {
    return path.equals("/") || path.startsWith("/fake/");
  }

  /** Returns the answer to a call under a name that is not the fake's. */
  static ApiResponse misdirected() {
    return text(
        421,
        "This fake answers as localhost and 127.0.0.1. To have it answer under another name, give"
            + " it that one: FakeKlaviyo.builder().hostName(...), or --host-name of the program.");
  }

  ApiResponse answer(ApiRequest call) {
    if (!call.method().equals("GET")) {
      return text(405, "This can only be read: use GET.").with(Map.of("Allow", "GET"));
    }
    String type = FILES.get(call.path());
    if (type != null) {
      return answer(200, type, file(call.path()));
    }
    try {
      return switch (call.path()) {
        case "/fake/state" -> answer(200, JSON, JsonValues.bytes(overview(call)));
        case "/fake/members" -> answer(200, JSON, JsonValues.bytes(state(call).members(call)));
        case "/fake/profile" -> answer(200, JSON, JsonValues.bytes(state(call).profile(call)));
        default -> text(404, "There is nothing here. The page is at /.");
      };
    } catch (ApiErrorException error) {
      return text(error.status(), error.problems().get(0).detail());
    }
  }

  private ObjectNode overview(ApiRequest call) {
    ServedAccount shown = shown(call);
    ObjectNode overview =
        shown.dispatcher().pageState().overview().put("account", shown.settings().accountId());
    ArrayNode all = overview.putArray("accounts");
    accounts.accounts().forEach(account -> all.add(account.settings().accountId()));
    return overview;
  }

  private AccountPageState state(ApiRequest call) {
    return shown(call).dispatcher().pageState();
  }

  /** Returns the account that the parameter {@code account} names, or the first without one. */
  private ServedAccount shown(ApiRequest call) {
    String id = call.parameters().get("account");
    if (id == null) {
      return accounts.first();
    }
    for (ServedAccount account : accounts.accounts()) {
      if (account.settings().accountId().equals(id)) {
        return account;
      }
    }
    throw ApiErrorException.notFound("An account with id `" + id + "` does not exist.");
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
