package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import java.util.List;

/** What the status of an answer says of whose it is. */
final class AnswerOrigin {
  /** What is said of an answer that is foreign, after its status. */
  static final String FOREIGN =
      ", but not in the form of its API, so something on the way may have answered: check base URL,"
          + " gateway and proxy";

  private AnswerOrigin() {}

  /** Returns whether a status says that the key was let in, whatever else it says. */
  static boolean letsIn(int status) {
    return status >= 200 && status < 300 || status == 400 || status == 409 || status == 422;
  }

  /**
   * Returns whether an answer says that something is not there, as that of a wrong address does
   * too, and not in the form in which Klaviyo's API says so. A body that is empty says nothing of
   * where it comes from.
   *
   * @param errors the errors that it names
   */
  static boolean isForeign(KlaviyoResponse response, List<ApiError> errors) {
    int status = response.status();
    boolean denial = status == 401 || status == 404 || status == 410;
    return denial && errors.isEmpty() && response.body().length > 0;
  }
}
