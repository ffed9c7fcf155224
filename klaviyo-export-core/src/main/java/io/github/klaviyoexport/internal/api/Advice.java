package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.klaviyo.ListId;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a refusal of Klaviyo's means: the problem for programs, and for people in words what
 * happened and what to do about it.
 *
 * @param words a clause that does not begin with a capital letter where its first word does not
 *     need one, and has no full stop
 */
public record Advice(Problem problem, String words) {
  /** The scopes that a key needs to export. */
  public static final String SCOPES = "lists:read, lists:write, profiles:read and profiles:write";

  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

  private static final Set<Endpoint> ABOUT_LIST =
      EnumSet.of(Endpoint.GET_LIST, Endpoint.IMPORT_PROFILES, Endpoint.GET_MEMBERS);

  /** The codes by which Klaviyo says no more than the status does. */
  private static final Set<String> NO_MORE_THAN_401 =
      Set.of("", "authentication_failed", "not_authenticated");

  /** Why Klaviyo refuses. */
  public enum Problem {
    /** Klaviyo turns calls away that it let in before. */
    SHEDDING,
    /** The network edge before Klaviyo's API wants to see a browser. */
    EDGE_CHALLENGE,
    /** The account has no such list. */
    LIST_NOT_FOUND,
    /** A proxy on the way wants credentials. */
    PROXY_ASKS,
    /** Klaviyo does not know the key or token. */
    UNAUTHORIZED,
    /** The key or token lacks a scope. */
    FORBIDDEN,
    /** Anything else. */
    REFUSED
  }

  /**
   * Returns what a refusal means.
   *
   * @param list the list that the call was about; {@code null} if it was about none
   * @param connection what people call the connection that was asked through; {@code null} when
   *     there is only one
   */
  public static Advice on(Refused<?> refused, @Nullable ListId list, @Nullable String connection) {
    boolean only = connection == null;
    String key = only ? "the key" : "the credentials of connection " + connection;
    if (refused.noToken() != null) {
      return new Advice(
          Problem.UNAUTHORIZED, (only ? "" : key + " cannot be used: ") + refused.noToken());
    }
    if (refused.shedding()) {
      return new Advice(
          Problem.SHEDDING,
          "Klaviyo has answered '"
              + refused.endpoint().words()
              + "' with 403 for "
              + InWords.duration(Calls.LONGEST_SHEDDING)
              + ", though it let the same key in before: so no scope is missing,"
              + " Klaviyo or its network edge turns calls away for now. Try again later,"
              + " and ask Klaviyo's support if it stays so");
    }
    if (refused.edgeChallenge()) {
      return new Advice(
          Problem.EDGE_CHALLENGE,
          "Klaviyo's network edge answered with a page for browsers (403), so the request never"
              + " reached the API and "
              + key
              + (only ? " is" : " are")
              + " not at fault: run from another network address, or ask Klaviyo to allow this"
              + " one");
    }
    if (refused.status() == 404 && list != null && ABOUT_LIST.contains(refused.endpoint())) {
      return new Advice(
          Problem.LIST_NOT_FOUND,
          "Klaviyo has no list "
              + list
              + (only ? " in this account" : " in the account of connection " + connection)
              + (only
                  ? " (404): check the id, and that the key is of the account that has the list"
                  : " (404): check the id, or use the connection to the account that has the"
                      + " list"));
    }
    return switch (refused.status()) {
      case 407 ->
          new Advice(
              Problem.PROXY_ASKS,
              "the proxy "
                  + (refused.proxy() == null ? "" : refused.proxy() + " ")
                  + "wants credentials that it did not get or does not know (407), so nothing has"
                  + " reached Klaviyo: build an HttpClient with an authenticator that has the"
                  + " proxy's user and password, and pass it with httpClient(...). If the proxy"
                  + " wants the scheme Basic, start Java with"
                  + " -Djdk.http.auth.tunneling.disabledSchemes=\"\", because Java does not use it"
                  + " for https by default");
      case 401 ->
          new Advice(
              Problem.UNAUTHORIZED,
              "Klaviyo does not know "
                  + (only ? "the API key or token" : key)
                  + " (401"
                  + (NO_MORE_THAN_401.contains(refused.codes()) ? "" : ", " + refused.codes())
                  + "): check that "
                  + (only ? "it is" : "they are")
                  + " complete, not revoked and of the right account");
      case 403 ->
          new Advice(
              Problem.FORBIDDEN,
              (only ? "the API key lacks" : key + " lack")
                  + " a scope for '"
                  + refused.endpoint().words()
                  + "' (403): use a key with "
                  + (refused.endpoint() == Endpoint.DELETE_PROFILE ? "data-privacy:write, " : "")
                  + SCOPES);
      default -> new Advice(Problem.REFUSED, otherwise(refused, connection));
    };
  }

  private static String otherwise(Refused<?> refused, @Nullable String connection) {
    int status = refused.status();
    if (status == 410) {
      return "Klaviyo has retired this revision of its API (410): use a newer version of this"
          + " library";
    }
    if (status >= 300 && status < 400) {
      return "the server redirects ("
          + status
          + "), which is not followed so that the key stays where it belongs: check the base URL";
    }
    return "Klaviyo refused '"
        + refused.endpoint().words()
        + "'"
        + (connection == null ? "" : " through connection " + connection)
        + " ("
        + answer(refused)
        + "): ask Klaviyo's support about it";
  }

  /** Returns what Klaviyo has answered: the status, the error codes and the error's id. */
  public static String answer(Refused<?> refused) {
    String codes = refused.codes();
    return refused.status()
        + ", "
        + (codes.isEmpty() ? "without an error code" : codes)
        + (refused.errorId() == null ? "" : "; error id " + refused.errorId());
  }

  /** Returns the words as a sentence of their own. */
  public String sentence() {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
  }

  /** Returns what an exception says, to stand within a sentence. */
  public static String clause(Throwable failure) {
    String message = LINE_BREAK.matcher(UnquotedFailure.messageOf(failure).strip()).replaceAll(" ");
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
