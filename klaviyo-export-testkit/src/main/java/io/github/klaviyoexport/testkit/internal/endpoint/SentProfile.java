package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ProfileRow;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The profile in the body of a request that is about one alone. */
final class SentProfile {
  private static final String PARTIAL_FAILURE = "X-Klaviyo-Partial-Failure";

  private final ObjectNode profile;
  private final ProfileRow row;

  private SentProfile(ObjectNode profile, ProfileRow row) {
    this.profile = profile;
    this.row = row;
  }

  /**
   * Reads and checks a body.
   *
   * @param dropsBadPhones whether a malformed phone number beside another identifier is left out
   * @param account says which email addresses are taken
   * @throws ApiErrorException if anything is wrong with it
   */
  static SentProfile read(ApiRequest call, boolean dropsBadPhones, Account account) {
    if (call.body().length > FieldRules.MAX_PROFILE_BYTES) {
      throw ApiErrorException.tooLarge("The payload exceeds 100KB.");
    }
    RequestBody body = RequestBody.of(call);
    if (!body.object("/data")) {
      body.refuseProblems();
    }
    ObjectNode profile = (ObjectNode) body.at("/data");
    try (JsonParser in = JsonValues.factory().createParser(JsonValues.bytes(profile))) {
      in.nextToken();
      ProfileRow row =
          ProfileRow.read(
              in,
              dropsBadPhones,
              account.unusualEmails(),
              (pointer, detail) -> body.problem("/data" + pointer, detail));
      body.refuseProblems();
      return new SentProfile(row.usable(profile), row);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Returns the whole resource, without what is left out. */
  ObjectNode profile() {
    return profile;
  }

  ProfileRow row() {
    return row;
  }

  /** Adds what is to be told of what was left out. */
  ApiResponse answered(ApiResponse answer) {
    return row.badPhone() ? withoutPhone(answer) : answer;
  }

  /** Adds to an answer that a phone number was left out of what was taken. */
  static ApiResponse withoutPhone(ApiResponse answer) {
    return answer.with(PARTIAL_FAILURE, "phone_number");
  }
}
