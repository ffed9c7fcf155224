package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.internal.text.InWords;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached the fake, and how it was answered.
 *
 * <p>Of one that could not be read, as HTTP or as a body, what could be read is there: the method
 * and the path may be empty, and the body is.
 *
 * @param number the place in the order of arrival, counted from 1
 * @param at when it arrived, by the fake's clock
 * @param operation what it asked for; {@code null} when it matched no operation
 * @param method the HTTP method
 * @param path the path
 * @param query the query as it was sent, percent-encoded; empty when there was none
 * @param bodyBytes how long the body was
 * @param body the body, if the fake was told to {@linkplain FakeKlaviyoBuilder#keepBodies keep}
 *     bodies; else {@code null}
 * @param status the status of the answer; 0 when the connection was dropped instead
 * @param fault the name of the scripted fault it met; or that its caller lives by another clock
 *     than the account, which stands still; {@code null} when it met none
 */
public record RecordedRequest(
    long number,
    Instant at,
    @Nullable Operation operation,
    String method,
    String path,
    String query,
    long bodyBytes,
    @Nullable String body,
    int status,
    @Nullable String fault) {

  /**
   * Returns number, time, method, the operation's path, size and status; neither query nor body,
   * nor what stands in the path, which may be an email address.
   */
  @Override
  public String toString() {
    return "#"
        + number
        + " "
        + at
        + " "
        + method
        + " "
        + (operation == null ? "an unknown operation" : operation.path())
        + " ("
        + InWords.count(bodyBytes, "byte")
        + ") -> "
        + (status == 0 ? "dropped" : status)
        + (fault == null ? "" : " [" + fault + "]");
  }
}
