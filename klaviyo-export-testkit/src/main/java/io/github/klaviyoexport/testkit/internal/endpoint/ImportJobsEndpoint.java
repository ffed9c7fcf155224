package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.ImportError;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.Status;
import io.github.klaviyoexport.testkit.internal.account.ImportJobs;
import io.github.klaviyoexport.testkit.internal.account.ImportRequest;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.Filter;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers calls about bulk imports. */
public final class ImportJobsEndpoint {
  private static final String PATH = "/api/profile-bulk-import-jobs";
  private static final String TYPE = "profile-bulk-import-job";
  private static final List<String> ATTRIBUTES =
      List.of(
          "status",
          "created_at",
          "total_count",
          "completed_count",
          "failed_count",
          "completed_at",
          "expires_at",
          "started_at");
  private static final Set<String> FIELDS =
      Stream.concat(ATTRIBUTES.stream(), Stream.of("id")).collect(Collectors.toUnmodifiableSet());
  private static final Set<String> ERROR_FIELDS =
      Set.of("code", "detail", "id", "original_payload", "source", "source.pointer", "title");
  private static final Map<String, Set<String>> FILTERS = Map.of("status", Set.of("any", "equals"));
  // As documented: jobs that were cancelled cannot be asked for.
  private static final Set<String> STATUSES = Set.of("queued", "processing", "complete");
  private static final String FIELDS_OF_JOB = "fields[" + TYPE + "]";
  private static final int USUAL_PAGE = 20;
  private static final int LARGEST_PAGE = 100;

  private final Account account;
  private final ImportJobs jobs;
  private final Script script;
  private final Settings settings;

  /** Opens the imports of an account to calls. */
  public ImportJobsEndpoint(Account account, ImportJobs jobs, Script script, Settings settings) {
    this.account = account;
    this.jobs = jobs;
    this.script = script;
    this.settings = settings;
  }

  /**
   * Reads the profiles of a call that starts a job; nothing of the account is looked at, so its
   * monitor need not be held.
   *
   * @throws ApiErrorException if Klaviyo would not take them
   */
  public ImportRequest read(ApiRequest call) {
    new Query(call, FIELDS_OF_JOB).fieldset(TYPE, FIELDS);
    RequestBody.checkOutside(call);
    return ImportRequest.read(call.body(), script, settings);
  }

  /** Starts a job with profiles that were read before. */
  public ApiResponse create(ApiRequest call, ImportRequest request, @Nullable ScriptedFault plan) {
    Query query = new Query(call, FIELDS_OF_JOB);
    Fieldset fields = query.fieldset(TYPE, FIELDS);
    for (String list : request.lists()) {
      if (account.findList(list) == null) {
        throw ApiErrorException.invalid("/data", "List ID " + list + " does not exist.");
      }
    }
    AccountImportJob job = jobs.submit(request, plan);
    return ApiResponse.document(202, call, resource(call, job, Status.QUEUED, fields));
  }

  /** Lists jobs. */
  public ApiResponse all(ApiRequest call) {
    Query query = new Query(call, FIELDS_OF_JOB, "filter", "sort", "page[size]", "page[cursor]");
    Fieldset fields = query.fieldset(TYPE, FIELDS);
    Filter filter = query.filter(FILTERS).allows("status", STATUSES);
    boolean descending = query.sort("-created_at", "created_at").startsWith("-");
    int size = query.pageSize(USUAL_PAGE, LARGEST_PAGE);
    // The cursor is a job's number: pages stay right while jobs come, change and expire.
    int cursor = query.cursor(0);
    List<AccountImportJob> ordered = new ArrayList<>(jobs.all());
    if (descending) {
      Collections.reverse(ordered);
    }
    List<AccountImportJob> found = new ArrayList<>();
    for (AccountImportJob job : ordered) {
      boolean isBefore =
          cursor != 0 && (descending ? job.number() > cursor : job.number() < cursor);
      if (!isBefore && matches(job, filter)) {
        found.add(job);
      }
      if (found.size() > size) {
        break;
      }
    }
    ObjectNode body = JsonValues.object();
    ArrayNode data = body.putArray("data");
    for (AccountImportJob job : found.subList(0, Math.min(size, found.size()))) {
      data.add(resource(call, job, status(job), fields));
    }
    body.set(
        "links",
        query.links(
            found.size() > size ? OptionalInt.of(found.get(size).number()) : OptionalInt.empty()));
    return ApiResponse.json(200, body);
  }

  private boolean matches(AccountImportJob job, Filter filter) {
    for (Filter.Condition condition : filter.conditions()) {
      if (!condition.values().contains(status(job).text())) {
        return false;
      }
    }
    return true;
  }

  /** Shows a job. */
  public ApiResponse one(ApiRequest call, String id) {
    Query query = new Query(call, FIELDS_OF_JOB, "fields[list]", "include");
    Fieldset fields = query.fieldset(TYPE, FIELDS);
    Fieldset listFields = query.fieldset("list", ListsEndpoint.FIELDS);
    AccountImportJob job = found(id);
    ArrayNode included = null;
    if (!query.choices("include", Set.of("lists")).isEmpty()) {
      included = JsonValues.object().arrayNode();
      lists(job).stream()
          .map(list -> ListsEndpoint.resource(call, list, listFields))
          .forEach(included::add);
    }
    return ApiResponse.document(200, call, resource(call, job, status(job), fields), included);
  }

  /** Lists the lists that the profiles of a job join. */
  public ApiResponse lists(ApiRequest call, String id) {
    return ListsEndpoint.related(call, () -> lists(found(id)));
  }

  /** Lists the ids of the lists that the profiles of a job join. */
  public ApiResponse listIds(ApiRequest call, String id) {
    return ListsEndpoint.relatedIds(call, () -> lists(found(id)));
  }

  private List<KlaviyoList> lists(AccountImportJob job) {
    return job.lists().stream().map(account::findList).filter(Objects::nonNull).toList();
  }

  /** Lists the profiles that a job has touched. */
  public ApiResponse profiles(ApiRequest call, String id) {
    Query query = ProfileView.query(call, "page[size]", "page[cursor]");
    ProfileView view = ProfileView.of(call, account, query, ProfileView.FIELDS);
    int[] profiles = touched(id);
    return query.page(
        profiles.length,
        query.pageSize(USUAL_PAGE, LARGEST_PAGE),
        index -> view.resource(profiles[index]));
  }

  /** Lists the ids of the profiles that a job has touched. */
  public ApiResponse profileIds(ApiRequest call, String id) {
    Query query = new Query(call, "page[size]", "page[cursor]");
    int[] profiles = touched(id);
    return query.page(
        profiles.length,
        query.pageSize(USUAL_PAGE, LARGEST_PAGE),
        index -> ProfileView.identifier(account.profiles().id(profiles[index])));
  }

  /** Returns the profiles that a job has touched and that are still there. */
  private int[] touched(String id) {
    return Arrays.stream(found(id).profiles()).filter(account.profiles()::has).toArray();
  }

  /** Lists the import errors of a job. */
  public ApiResponse errors(ApiRequest call, String id) {
    Query query = new Query(call, "fields[import-error]", "page[size]", "page[cursor]");
    Fieldset fields = query.fieldset("import-error", ERROR_FIELDS);
    List<ImportError> errors = found(id).errors();
    return query.page(
        errors.size(),
        query.pageSize(USUAL_PAGE, LARGEST_PAGE),
        index -> resource(errors.get(index), fields));
  }

  private static ObjectNode resource(ImportError error, Fieldset fields) {
    ObjectNode resource = JsonValues.object().put("type", "import-error").put("id", error.id());
    ObjectNode attributes = resource.putObject("attributes");
    attributes
        .put("code", error.code())
        .put("title", error.title())
        .put("detail", error.detail())
        .putObject("source")
        .put("pointer", "/data");
    byte[] payload = error.payload();
    if (payload == null) {
      attributes.putNull("original_payload");
    } else {
      attributes.set("original_payload", JsonValues.read(payload));
    }
    fields.keepWanted(attributes);
    return resource;
  }

  private ObjectNode resource(
      ApiRequest call, AccountImportJob job, Status status, Fieldset fields) {
    String self = call.origin() + PATH + "/" + job.id() + "/";
    ObjectNode resource = JsonValues.object().put("type", TYPE).put("id", job.id());
    ObjectNode attributes = resource.putObject("attributes");
    // Jobs are looked at again and again, and for few of these.
    for (String attribute : ATTRIBUTES) {
      if (fields.wants(attribute)) {
        put(attributes, attribute, job, status);
      }
    }
    if (!fields.isSparse()) {
      resource.set("relationships", relationships(job, self));
    }
    resource.putObject("links").put("self", self);
    return resource;
  }

  private void put(ObjectNode attributes, String attribute, AccountImportJob job, Status status) {
    boolean started = status != Status.QUEUED;
    boolean ended = status == Status.COMPLETE || status == Status.CANCELLED;
    switch (attribute) {
      case "status" -> attributes.put(attribute, status.text());
      case "created_at" -> attributes.put(attribute, JsonValues.timestamp(job.created()));
      case "total_count" -> attributes.put(attribute, job.total());
      case "completed_count" ->
          attributes.put(attribute, count(job, started ? job.completed(account.nanoTime()) : 0));
      case "failed_count" -> attributes.put(attribute, count(job, job.errors().size()));
      case "completed_at" -> attributes.put(attribute, timestamp(ended, job::ended));
      case "expires_at" -> attributes.put(attribute, JsonValues.timestamp(job.expires()));
      case "started_at" -> attributes.put(attribute, timestamp(started, job::started));
      default -> throw new AssertionError(attribute);
    }
  }

  private static @Nullable Integer count(AccountImportJob job, int profiles) {
    return job.counts() ? profiles : null;
  }

  private static ObjectNode relationships(AccountImportJob job, String self) {
    ObjectNode relationships = JsonValues.object();
    JsonValues.link(relationships, "lists", self);
    ArrayNode listIds = relationships.withObject("/lists").putArray("data");
    job.lists().forEach(list -> listIds.addObject().put("type", "list").put("id", list));
    JsonValues.link(relationships, "profiles", self);
    relationships
        .putObject("import-errors")
        .putObject("links")
        .put("related", self + "import-errors/");
    return relationships;
  }

  private static @Nullable String timestamp(boolean known, Supplier<Instant> instant) {
    return known ? JsonValues.timestamp(instant.get()) : null;
  }

  private Status status(AccountImportJob job) {
    return job.status(account.nanoTime());
  }

  private AccountImportJob found(String id) {
    AccountImportJob job = jobs.find(id);
    if (job == null) {
      throw ApiErrorException.notFound("Invalid job id");
    }
    return job;
  }
}
