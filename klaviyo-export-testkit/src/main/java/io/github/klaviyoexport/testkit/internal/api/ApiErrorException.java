package io.github.klaviyoexport.testkit.internal.api;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A call that Klaviyo answers with errors; thrown where the fault is found. */
public final class ApiErrorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<Problem> problems;
  private final transient Map<String, String> headers;

  /** One of the errors, with the pointer or the parameter it stands at. */
  public record Problem(
      String code,
      String title,
      String detail,
      @Nullable String pointer,
      @Nullable String parameter,
      Map<String, String> meta) {

    /** Names what is wrong at a pointer. */
    public static Problem invalid(String pointer, String detail) {
      return new Problem("invalid", "Invalid input.", detail, pointer, null, Map.of());
    }
  }

  private ApiErrorException(int status, List<Problem> problems, Map<String, String> headers) {
    // An answer, not an accident: its stack trace would say nothing.
    super(problems.get(0).title(), null, false, false);
    this.status = status;
    this.problems = List.copyOf(problems);
    this.headers = Map.copyOf(headers);
  }

  private static ApiErrorException of(
      int status, String code, String title, String detail, String pointer) {
    return new ApiErrorException(
        status, List.of(new Problem(code, title, detail, pointer, null, Map.of())), Map.of());
  }

  /** Refuses a call for all these problems, with 400. */
  public static ApiErrorException invalid(List<Problem> problems) {
    return new ApiErrorException(400, problems, Map.of());
  }

  /** Refuses a call for problems of profiles, with 400 or another status. */
  public static ApiErrorException invalidProfiles(int status, List<Problem> problems) {
    return new ApiErrorException(status, problems, Map.of());
  }

  /** Refuses a call for what stands at a pointer, with 400. */
  public static ApiErrorException invalid(String pointer, String detail) {
    return invalid(List.of(Problem.invalid(pointer, detail)));
  }

  /** Refuses a call for a parameter of its query, with 400. */
  public static ApiErrorException invalidParameter(String parameter, String detail) {
    return invalid(
        List.of(new Problem("invalid", "Invalid input.", detail, null, parameter, Map.of())));
  }

  /** Refuses a call without a key that the account knows, with 401. */
  public static ApiErrorException unauthorized() {
    String text = "Incorrect authentication credentials.";
    return of(401, "authentication_failed", text, text, "/data/");
  }

  /**
   * Refuses a call of which the account has found out that it would wait for ever, with 401: the
   * one status after which no client asks again.
   *
   * @param why the reason, in words of the fake
   */
  public static ApiErrorException waitsInVain(String why) {
    String text = Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
    return of(401, why.replaceAll("[ ,]+", "_"), text, text, "/data/");
  }

  /** Refuses a call with a key that lacks scopes, or for no scope at all, with 403. */
  public static ApiErrorException forbidden(List<String> missingScopes) {
    return of(
        403,
        "permission_denied",
        "You do not have permission to perform this action.",
        missingScopes.isEmpty()
            ? "You do not have permission to perform this action."
            : "The key lacks the scope " + String.join(", ", missingScopes) + ".",
        "/data/");
  }

  /** Refuses a call about something that is not there, with 404. */
  public static ApiErrorException notFound(String detail) {
    return of(404, "not_found", "Not found.", detail, "/data/");
  }

  static ApiErrorException methodNotAllowed(String method, Collection<String> allowed) {
    return new ApiErrorException(
        405,
        List.of(
            new Problem(
                "method_not_allowed",
                "Method not allowed.",
                "Method \"" + method + "\" not allowed.",
                "/data",
                null,
                Map.of())),
        Map.of("Allow", String.join(", ", allowed)));
  }

  /** Refuses a call that takes no JSON, with 406. */
  public static ApiErrorException notAcceptable() {
    return of(
        406,
        "not_acceptable",
        "Not acceptable.",
        "Could not satisfy the request Accept header.",
        "/data");
  }

  /** Refuses a call of a revision that is retired, with 410. */
  public static ApiErrorException gone() {
    return of(410, "gone", "Gone.", "This API revision has been retired.", "/data");
  }

  /** Refuses identifiers that belong to a profile that is there. */
  public static ApiErrorException duplicate(String profileId) {
    String detail = "A profile already exists with one of these identifiers.";
    return new ApiErrorException(
        409,
        List.of(
            new Problem(
                "duplicate_profile",
                "Conflict.",
                detail,
                "/data/attributes",
                null,
                Map.of("duplicate_profile_id", profileId))),
        Map.of());
  }

  /** Refuses a body that is too large, with 413. */
  public static ApiErrorException tooLarge(String detail) {
    return of(413, "request_too_large", "Request too large.", detail, "/data");
  }

  /** Refuses a body of another type or encoding, with 415. */
  public static ApiErrorException unsupportedMediaType(String what) {
    return of(415, "unsupported_media_type", "Unsupported media type.", what, "/data");
  }

  /**
   * Refuses a call beyond the quota, with 429.
   *
   * @param retryAfterSeconds the {@code Retry-After} header; empty for none
   */
  public static ApiErrorException throttled(OptionalLong retryAfterSeconds) {
    long seconds = retryAfterSeconds.orElse(1);
    String title = "Request was throttled.";
    String detail =
        title + " Expected available in " + seconds + (seconds == 1 ? " second." : " seconds.");
    return new ApiErrorException(
        429,
        List.of(new Problem("throttled", title, detail, "/data", null, Map.of())),
        retryAfterSeconds.isEmpty()
            ? Map.of()
            : Map.of("Retry-After", String.valueOf(retryAfterSeconds.getAsLong())));
  }

  /** Refuses what is no HTTP, or none that can be served. */
  public static ApiErrorException unreadable(int status, String detail) {
    return status == 400
        ? invalid("/data", detail)
        : of(status, "unreadable_request", "The request cannot be read.", detail, "/data");
  }

  /** Answers with a server error of that status. */
  public static ApiErrorException serverError(int status) {
    return of(status, "error", "Server error.", "A server error occurred.", "/data");
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the errors, one at least. */
  public List<Problem> problems() {
    return problems;
  }

  /** Returns the headers that the answer has beside the usual ones. */
  public Map<String, String> headers() {
    return headers;
  }
}
