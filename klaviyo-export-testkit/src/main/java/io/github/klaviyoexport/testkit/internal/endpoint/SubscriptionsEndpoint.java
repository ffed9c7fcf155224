package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.Consent;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.Agreement;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.account.Subscriptions;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers calls that subscribe and unsubscribe profiles: at once, and with effect later. */
public final class SubscriptionsEndpoint {
  private static final int MOST_SUBSCRIBED = 1_000;
  private static final int MOST_UNSUBSCRIBED = 100;
  private static final String ATTRIBUTES = "/data/attributes";
  private static final String ROWS = ATTRIBUTES + "/profiles/data";
  private static final String LIST = "/data/relationships/list";

  private final Account account;
  private final Settings settings;
  private final Subscriptions subscriptions;

  /** Opens an account to subscriptions. */
  public SubscriptionsEndpoint(Account account, Settings settings) {
    this.account = account;
    this.settings = settings;
    this.subscriptions = new Subscriptions(account);
  }

  /** Has customers subscribed, after the account's usual time for a job. */
  public ApiResponse subscribe(ApiRequest call) {
    String type = "profile-subscription-bulk-create-job";
    new Query(call);
    RequestBody body = RequestBody.of(call, type);
    body.fields(ATTRIBUTES, type, Set.of("custom_source", "profiles", "historical_import"));
    boolean historical = body.flag(ATTRIBUTES + "/historical_import");
    String source = body.text(ATTRIBUTES + "/custom_source");
    KlaviyoList list = list(body, type);
    List<ConsentRow> rows =
        rows(
            body,
            MOST_SUBSCRIBED,
            Consent.SUBSCRIBED,
            Set.of("email", "phone_number", "subscriptions", "age_gated_date_of_birth"));
    List<Agreement> agreements =
        rows.stream().map(row -> agreement(row, historical, source)).toList();
    body.refuseProblems();
    account.later(
        settings.jobDuration(),
        due -> agreements.forEach(agreement -> subscriptions.subscribe(agreement, list, due)));
    return rows.stream().anyMatch(ConsentRow::badPhone)
        ? SentProfile.withoutPhone(ApiResponse.ACCEPTED)
        : ApiResponse.ACCEPTED;
  }

  private static Agreement agreement(ConsentRow row, boolean historical, @Nullable String source) {
    Map<Channel, Optional<Instant>> channels = new EnumMap<>(Channel.class);
    row.channels().forEach(channel -> channels.put(channel, row.consentedAt(channel, historical)));
    return new Agreement(row.customer(), channels, historical, source);
  }

  /** Has customers unsubscribed, after the account's usual time for a job. */
  public ApiResponse unsubscribe(ApiRequest call) {
    String type = "profile-subscription-bulk-delete-job";
    new Query(call);
    RequestBody body = RequestBody.of(call, type);
    body.fields(ATTRIBUTES, type, Set.of("profiles"));
    KlaviyoList list = list(body, type);
    List<ConsentRow> rows =
        rows(
            body,
            MOST_UNSUBSCRIBED,
            Consent.UNSUBSCRIBED,
            Set.of("email", "phone_number", "subscriptions"));
    body.refuseProblems();
    account.later(
        settings.jobDuration(),
        due ->
            rows.forEach(
                row -> subscriptions.unsubscribe(row.customer(), row.channels(), list, due)));
    return ApiResponse.ACCEPTED;
  }

  private List<ConsentRow> rows(RequestBody body, int most, Consent consent, Set<String> fields) {
    return body.elements(ROWS, most).stream()
        .map(pointer -> ConsentRow.read(body, account, pointer, consent, fields))
        .toList();
  }

  private @Nullable KlaviyoList list(RequestBody body, String type) {
    body.fields("/data/relationships", type, Set.of("list"));
    return body.has(LIST) ? body.list(LIST + "/data", account) : null;
  }
}
