package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.CustomerReference;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Answers the call that has a profile deleted for the sake of privacy. */
public final class DeletionsEndpoint {
  private static final String TYPE = "data-privacy-deletion-job";
  private static final String PROFILE = "/data/attributes/profile/data";

  private final Account account;
  private final Settings settings;

  /** Opens an account to deletions. */
  public DeletionsEndpoint(Account account, Settings settings) {
    this.account = account;
    this.settings = settings;
  }

  /** Has a profile deleted, after the account's usual time for a job. */
  public ApiResponse create(ApiRequest call) {
    new Query(call);
    RequestBody body = RequestBody.of(call, TYPE);
    body.fields("/data/attributes", TYPE, Set.of("profile"));
    CustomerReference customer = customer(body);
    body.refuseProblems();
    int number = account.find(customer);
    if (number < 0) {
      throw ApiErrorException.notFound("A profile with this identifier does not exist.");
    }
    account.later(settings.jobDuration(), due -> account.delete(number));
    return ApiResponse.ACCEPTED;
  }

  private static CustomerReference customer(RequestBody body) {
    String attributes = PROFILE + "/attributes";
    if (!body.object(PROFILE) || !body.object(attributes)) {
      return new CustomerReference(null, null, null);
    }
    body.typed(PROFILE, "profile");
    body.fields(attributes, "profile", Set.of("email", "phone_number"));
    CustomerReference customer =
        new CustomerReference(
            body.text(PROFILE + "/id"),
            body.text(attributes + "/email"),
            body.text(attributes + "/phone_number"));
    long given =
        Stream.of(customer.id(), customer.email(), customer.phone())
            .filter(Objects::nonNull)
            .count();
    if (given != 1) {
      body.problem(PROFILE, "Exactly one of email, phone_number and id is required.");
    }
    return customer;
  }
}
