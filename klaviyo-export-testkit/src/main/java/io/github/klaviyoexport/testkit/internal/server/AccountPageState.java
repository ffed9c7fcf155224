package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.ImportError;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.Status;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import io.github.klaviyoexport.testkit.internal.account.ImportJobs;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.Members;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ErrorSummary;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the page shows of an account, as JSON; of much it is the newest. */
final class AccountPageState {
  private static final int MOST_LISTS = 200;
  private static final int MOST_JOBS = 50;
  private static final int MOST_IMPORT_ERRORS = 5;
  private static final int MOST_MEMBERS = 50;

  private final Settings settings;
  private final Account account;
  private final ImportJobs imports;
  private final RequestLog log;
  private final RequestGate gate;

  AccountPageState(
      Settings settings, Account account, ImportJobs imports, RequestLog log, RequestGate gate) {
    this.settings = settings;
    this.account = account;
    this.imports = imports;
    this.log = log;
    this.gate = gate;
  }

  /** Returns all but the members. */
  ObjectNode overview() {
    ObjectNode state = JsonValues.object();
    state
        .put("now", JsonValues.timestamp(settings.time().now()))
        .put("revision", RequestGate.REVISION)
        .put("quotaCounted", settings.quota())
        .put("jobMillis", settings.jobDuration().toMillis())
        .put("latencyMillis", settings.latency().toMillis());
    synchronized (account) {
      account.settle();
      state.put("profiles", account.profiles().count());
      lists(state.putObject("lists"));
      jobs(state.putObject("jobs"));
    }
    requests(state.putObject("requests"));
    quotas(state.putArray("quotas"));
    return state;
  }

  private void lists(ObjectNode lists) {
    lists.put("total", account.lists().size());
    ArrayNode first = lists.putArray("first");
    account.lists().stream()
        .limit(MOST_LISTS)
        .forEach(
            list ->
                first
                    .addObject()
                    .put("id", list.id())
                    .put("name", list.name())
                    .put("members", list.members().size()));
  }

  private void jobs(ObjectNode jobs) {
    long now = account.nanoTime();
    List<AccountImportJob> newest = new ArrayList<>(imports.all());
    Collections.reverse(newest);
    jobs.put("total", newest.size())
        .put("unfinished", newest.stream().filter(job -> !hasEnded(job.status(now))).count());
    ArrayNode recent = jobs.putArray("recent");
    newest.stream().limit(MOST_JOBS).forEach(job -> job(recent.addObject(), job, now));
  }

  private static boolean hasEnded(Status status) {
    return status == Status.COMPLETE || status == Status.CANCELLED;
  }

  private static void job(ObjectNode shown, AccountImportJob job, long now) {
    Status status = job.status(now);
    shown
        .put("number", job.number())
        .put("id", job.id())
        .put("status", status.text())
        .put("created", JsonValues.timestamp(job.created()))
        .put("ended", hasEnded(status) ? JsonValues.timestamp(job.ended()) : null)
        .put("total", job.total())
        .put("completed", job.completed(now))
        .put("failed", job.errors().size());
    ArrayNode lists = shown.putArray("lists");
    job.lists().forEach(lists::add);
    ArrayNode errors = shown.putArray("errors");
    for (ImportError error :
        job.errors().subList(0, Math.min(MOST_IMPORT_ERRORS, job.errors().size()))) {
      errors
          .addObject()
          .put("code", error.code())
          .put("detail", error.detail())
          .put("profile", identifier(error.payload()));
    }
  }

  /** Returns an identifier of a profile that failed; {@code null} when the account tells none. */
  private static @Nullable String identifier(byte @Nullable [] payload) {
    if (payload == null) {
      return null;
    }
    ObjectNode told = JsonValues.read(payload);
    JsonNode attributes = told.path("attributes").isObject() ? told.path("attributes") : told;
    for (Identifier identifier : Identifier.values()) {
      JsonNode value = attributes.path(identifier.field());
      if (value.isTextual()) {
        return value.asText();
      }
    }
    return null;
  }

  private void requests(ObjectNode requests) {
    requests
        .put("total", log.size())
        .put("rateLimited", log.rateLimited())
        .put("rateLimitedByScript", log.rateLimitedByScript());
    ArrayNode recent = requests.putArray("recent");
    for (RequestLog.Entry entry : log.recent()) {
      RecordedRequest request = entry.request();
      Operation operation = request.operation();
      ObjectNode shown =
          recent
              .addObject()
              .put("number", request.number())
              .put("at", JsonValues.timestamp(request.at()))
              .put("operation", operation == null ? null : operation.id())
              .put("method", request.method())
              .put("path", request.path())
              .put("query", request.query())
              .put("bytes", request.bodyBytes())
              .put("status", request.status())
              .put("fault", request.fault())
              .put("errors", entry.errors().errors());
      ArrayNode first = shown.putArray("first");
      for (ErrorSummary.Item item : entry.errors().first()) {
        first.addObject().put("where", item.where()).put("detail", item.detail());
      }
    }
  }

  private void quotas(ArrayNode all) {
    for (QuotaUse use : gate.quotas()) {
      ObjectNode shown =
          all.addObject()
              .put("name", use.name())
              .put("touched", use.isTouched())
              .put("refused", use.refused());
      ArrayNode windows = shown.putArray("windows");
      for (QuotaUse.Window window : use.windows()) {
        windows
            .addObject()
            .put("limit", window.limit())
            .put("seconds", window.seconds())
            .put("used", window.used())
            .put("most", window.most())
            .put("endsInMillis", window.endsInMillis());
      }
    }
  }

  /**
   * Returns members of the list that the parameter {@code list} names: the last that joined, or the
   * last before the place {@code before}, or the one with the address {@code email}.
   */
  ObjectNode members(ApiRequest call) {
    Query query = new Query(call, "account", "list", "before", "email");
    synchronized (account) {
      account.settle();
      KlaviyoList list = account.list(text(query, "list"));
      Members members = list.members();
      int[] places = places(members, query);
      ObjectNode shown =
          JsonValues.object()
              .put("list", list.id())
              .put("name", list.name())
              .put("total", members.size());
      ArrayNode found = shown.putArray("members");
      IntStream.of(places)
          .limit(MOST_MEMBERS)
          .forEach(place -> member(found.addObject(), members, place));
      return places.length > MOST_MEMBERS
          ? shown.put("before", places[MOST_MEMBERS - 1])
          : shown.putNull("before");
    }
  }

  private int[] places(Members members, Query query) {
    String email = query.text("email");
    if (email != null && !email.isEmpty()) {
      int number = account.profiles().find(Identifier.EMAIL, email);
      int place = number < 0 ? -1 : members.place(number);
      return place < 0 ? new int[0] : new int[] {place};
    }
    return members.backwards(0, before(query)).limit(MOST_MEMBERS + 1L).toArray();
  }

  private static int before(Query query) {
    String text = query.text("before");
    try {
      return text == null ? Integer.MAX_VALUE : Math.max(0, Integer.parseInt(text));
    } catch (NumberFormatException notANumber) {
      throw ApiErrorException.invalidParameter("before", "The place to go on from is a number.");
    }
  }

  private void member(ObjectNode shown, Members members, int place) {
    ProfileStore profiles = account.profiles();
    int number = members.numberAt(place);
    ObjectNode attributes = profiles.attributes(number);
    shown
        .put("id", profiles.id(number))
        .put("joined", JsonValues.timestamp(members.joinedAt(place)));
    for (String field :
        List.of("email", "phone_number", "external_id", "first_name", "last_name")) {
      shown.put(field, attributes.path(field).asText(null));
    }
    consent(shown, number);
  }

  private void consent(ObjectNode shown, int number) {
    shown.put("email_consent", account.consents().of(number, Channel.EMAIL).consent().name());
    ArrayNode suppressions = shown.putArray("suppressions");
    account.consents().suppressions(number).keySet().forEach(why -> suppressions.add(why.name()));
  }

  /** Returns all about the profile that the parameter {@code id} names. */
  ObjectNode profile(ApiRequest call) {
    String id = text(new Query(call, "account", "id"), "id");
    synchronized (account) {
      account.settle();
      ProfileStore profiles = account.profiles();
      int number = account.profile(id);
      ObjectNode shown = JsonValues.object();
      shown
          .put("id", id)
          .put("created", JsonValues.timestamp(profiles.created(number)))
          .put("updated", JsonValues.timestamp(profiles.updated(number)));
      ArrayNode lists = shown.putArray("lists");
      for (KlaviyoList list : account.listsOf(number)) {
        int place = list.members().place(number);
        lists
            .addObject()
            .put("id", list.id())
            .put("name", list.name())
            .put("joined", JsonValues.timestamp(list.members().joinedAt(place)));
      }
      shown.set("attributes", profiles.attributes(number));
      shown.put("sms_consent", account.consents().of(number, Channel.SMS).consent().name());
      consent(shown, number);
      return shown;
    }
  }

  private static String text(Query query, String name) {
    String text = query.text(name);
    if (text == null) {
      throw ApiErrorException.invalidParameter(name, "The parameter " + name + " is missing.");
    }
    return text;
  }
}
