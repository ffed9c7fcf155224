package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
   * @throws Refusal if anything is wrong with it
   */
  static SentProfile read(Call call, boolean dropsBadPhones) {
    if (call.body().length > FieldRules.MAX_PROFILE_BYTES) {
      throw Refusal.tooLarge("The payload exceeds 100KB.");
    }
    RequestBody body = RequestBody.of(call);
    if (!body.object("/data")) {
      body.refuseProblems();
    }
    ObjectNode profile = (ObjectNode) body.at("/data");
    try (JsonParser in = Json.factory().createParser(Json.bytes(profile))) {
      in.nextToken();
      ProfileRow row =
          ProfileRow.read(
              in, dropsBadPhones, (pointer, detail) -> body.problem("/data" + pointer, detail));
      body.refuseProblems();
      return new SentProfile(row.usable(profile), row);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The whole resource, without what is left out. */
  ObjectNode profile() {
    return profile;
  }

  ProfileRow row() {
    return row;
  }

  /** Adds what is to be told of what was left out. */
  Answer answered(Answer answer) {
    return row.badPhone() ? withoutPhone(answer) : answer;
  }

  /** The answer when a phone number was left out of what was taken. */
  static Answer withoutPhone(Answer answer) {
    return answer.with(PARTIAL_FAILURE, "phone_number");
  }
}
