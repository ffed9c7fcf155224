package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.Suppression;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.Status;
import io.github.klaviyoexport.testkit.internal.account.ConsentStore;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.account.SuppressionJob;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Answers calls that suppress profiles by hand, or take that back, and calls about their jobs. */
public final class SuppressionsEndpoint {
  private static final int MOST = 100;
  private static final String PROFILES = "/data/attributes/profiles";
  private static final String LIST = "/data/relationships/list";
  private static final String SEGMENT = "/data/relationships/segment";
  private static final Set<String> FIELDS =
      Set.of(
          "completed_at",
          "completed_count",
          "created_at",
          "id",
          "skipped_count",
          "status",
          "total_count");

  private static final Map<String, Set<String>> FILTERS =
      Map.of(
          "status", Set.of("equals"),
          "list_id", Set.of("equals"),
          "segment_id", Set.of("equals"));
  private static final Set<String> STATUSES =
      Set.of("queued", "processing", "complete", "cancelled");
  // Klaviyo names no number here; elsewhere it is this one.
  private static final int PAGE = 20;

  private final Account account;
  private final Settings settings;
  private final Kind kind;
  private final Map<String, SuppressionJob> jobs = new LinkedHashMap<>();

  /** What jobs do. */
  public enum Kind {
    SUPPRESS("profile-suppression-bulk-create-job") {
      @Override
      void change(ConsentStore consents, int number, Instant now) {
        consents.suppress(number, Suppression.USER_SUPPRESSED, now);
      }
    },
    UNSUPPRESS("profile-suppression-bulk-delete-job") {
      @Override
      void change(ConsentStore consents, int number, Instant now) {
        consents.lift(number, Suppression.USER_SUPPRESSED);
      }
    };

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    abstract void change(ConsentStore consents, int number, Instant now);

    /** Changes a profile; returns whether it needed changing. */
    boolean changes(ConsentStore consents, int number, Instant now) {
      Set<Suppression> before = consents.suppressions(number).keySet();
      change(consents, number, now);
      return !consents.suppressions(number).keySet().equals(before);
    }
  }

  /** Opens an account to jobs of one kind. */
  public SuppressionsEndpoint(Account account, Settings settings, Kind kind) {
    this.account = account;
    this.settings = settings;
    this.kind = kind;
  }

  /** Starts a job. */
  public ApiResponse create(ApiRequest call) {
    Fieldset fields = new Query(call, "fields[" + kind.type + "]").fieldset(kind.type, FIELDS);
    RequestBody body = RequestBody.of(call, kind.type);
    body.fields("/data/attributes", kind.type, Set.of("profiles"));
    body.fields("/data/relationships", kind.type, Set.of("list", "segment"));
    int[] numbers = numbers(body);
    body.refuseProblems();
    String list = body.text(LIST + "/data/id");
    SuppressionJob job = new SuppressionJob(account.jobId(), account.now(), list, numbers.length);
    jobs.put(job.id(), job);
    account.later(settings.jobDuration(), due -> job.end(change(numbers, due), due));
    return ApiResponse.document(202, call, resource(call, job, Status.QUEUED, fields));
  }

  /**
   * Returns the numbers of the profiles that a job is about: those with the addresses given, or the
   * members of a list as they are now.
   */
  private int[] numbers(RequestBody body) {
    if (body.has(SEGMENT)) {
      body.problem(SEGMENT + "/data/id", "There is no segment of that id.");
    }
    if (body.has(PROFILES) == body.has(LIST)) {
      body.problem("/data/attributes", "Either profiles or a list is required.");
    } else if (body.has(LIST)) {
      KlaviyoList list = body.list(LIST + "/data", account);
      return list == null
          ? new int[0]
          : list.members().all().map(list.members()::numberAt).toArray();
    }
    List<String> rows = body.has(PROFILES) ? body.elements(PROFILES + "/data", MOST) : List.of();
    return rows.stream().mapToInt(row -> number(body, row)).toArray();
  }

  private int number(RequestBody body, String row) {
    body.typed(row, "profile");
    body.fields(row + "/attributes", "profile", Set.of("email"));
    String email = body.requiredText(row + "/attributes/email");
    if (!email.isEmpty() && !FieldRules.isEmail(email, account.unusualEmails())) {
      body.problem(row + "/attributes/email", "Invalid email address");
    }
    return account.profiles().find(Identifier.EMAIL, email);
  }

  private int change(int[] numbers, Instant now) {
    return (int)
        IntStream.of(numbers)
            .filter(number -> number >= 0 && account.profiles().has(number))
            .filter(number -> kind.changes(account.consents(), number, now))
            .count();
  }

  /** Lists jobs. */
  public ApiResponse all(ApiRequest call) {
    Query query = new Query(call, "fields[" + kind.type + "]", "filter", "sort", "page[cursor]");
    Fieldset fields = query.fieldset(kind.type, FIELDS);
    Filter filter = query.filter(FILTERS).allows("status", STATUSES);
    List<SuppressionJob> found =
        new ArrayList<>(jobs.values().stream().filter(job -> matches(job, filter)).toList());
    if (query.sort("created", "-created").startsWith("-")) {
      Collections.reverse(found);
    }
    return query.page(
        found.size(),
        PAGE,
        index -> resource(call, found.get(index), found.get(index).status(), fields));
  }

  private static boolean matches(SuppressionJob job, Filter filter) {
    return filter.conditions().stream()
        .allMatch(
            condition ->
                switch (condition.field()) {
                  case "status" -> condition.value().equals(job.status().text());
                  case "list_id" -> condition.value().equals(job.list());
                  default -> false;
                });
  }

  /** Shows a job. */
  public ApiResponse one(ApiRequest call, String id) {
    Fieldset fields = new Query(call, "fields[" + kind.type + "]").fieldset(kind.type, FIELDS);
    SuppressionJob job = jobs.get(id);
    if (job == null) {
      throw ApiErrorException.notFound("Invalid job id");
    }
    return ApiResponse.document(200, call, resource(call, job, job.status(), fields));
  }

  private ObjectNode resource(ApiRequest call, SuppressionJob job, Status status, Fieldset fields) {
    String self = call.origin() + "/api/" + kind.type + "s/" + job.id() + "/";
    ObjectNode resource = JsonValues.object().put("type", kind.type).put("id", job.id());
    ObjectNode attributes = resource.putObject("attributes");
    Instant ended = job.ended();
    attributes
        .put("status", status.text())
        .put("created_at", JsonValues.timestamp(job.created()))
        .put("total_count", job.total())
        .put("completed_count", job.completed())
        .put("completed_at", ended == null ? null : JsonValues.timestamp(ended))
        .put("skipped_count", job.skipped());
    fields.keepWanted(attributes);
    if (!fields.isSparse()) {
      ObjectNode relationships = resource.putObject("relationships");
      JsonValues.none(relationships, "lists", "segments");
      if (job.list() != null) {
        relationships
            .withArray("/lists/data")
            .addObject()
            .put("type", "list")
            .put("id", job.list());
      }
    }
    resource.putObject("links").put("self", self);
    return resource;
  }
}
