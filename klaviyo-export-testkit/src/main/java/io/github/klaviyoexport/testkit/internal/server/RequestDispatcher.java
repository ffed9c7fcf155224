package io.github.klaviyoexport.testkit.internal.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.ImportJobs;
import io.github.klaviyoexport.testkit.internal.account.ImportRequest;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException.Problem;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.ErrorSummary;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Router;
import io.github.klaviyoexport.testkit.internal.api.Router.Route;
import io.github.klaviyoexport.testkit.internal.endpoint.AccountsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.DeletionsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.ImportJobsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.ListsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.MembersEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.ProfileChangesEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.ProfilesEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.SubscriptionsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.SuppressionsEndpoint;
import io.github.klaviyoexport.testkit.internal.endpoint.SuppressionsEndpoint.Kind;
import io.github.klaviyoexport.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where both entries lead: each call is recorded, checked, met by its fault if any, and processed.
 */
final class RequestDispatcher {
  private static final List<ExchangeListener> LISTENERS =
      ServiceLoader.load(ExchangeListener.class, ExchangeListener.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private static final Set<Operation> POLLS =
      EnumSet.of(
          Operation.GET_BULK_IMPORT_PROFILES_JOBS,
          Operation.GET_BULK_IMPORT_PROFILES_JOB,
          Operation.GET_BULK_SUPPRESS_PROFILES_JOBS,
          Operation.GET_BULK_SUPPRESS_PROFILES_JOB,
          Operation.GET_BULK_UNSUPPRESS_PROFILES_JOBS,
          Operation.GET_BULK_UNSUPPRESS_PROFILES_JOB);
  private static final Pattern UNDER_WAY = Pattern.compile("\"status\":\"(queued|processing)\"");

  private final Settings settings;
  private final Script script;
  private final RequestLog log;
  private final Account account;
  private final RequestGate gate;
  private final StandingClock clock;
  private final ListsEndpoint lists;
  private final MembersEndpoint members;
  private final ProfilesEndpoint profiles;
  private final ProfileChangesEndpoint changes;
  private final SubscriptionsEndpoint subscriptions;
  private final SuppressionsEndpoint suppressions;
  private final SuppressionsEndpoint unsuppressions;
  private final DeletionsEndpoint deletions;
  private final ImportJobsEndpoint jobs;
  private final AccountPageState pageState;
  private volatile @Nullable ApiResponse importBefore;

  /** Opens an account to calls. */
  RequestDispatcher(Settings settings, Account account, Script script, RequestLog log) {
    this.settings = settings;
    this.script = script;
    this.log = log;
    this.account = account;
    this.gate = new RequestGate(settings);
    this.clock = new StandingClock(settings.time(), TimeSource.system());
    this.lists = new ListsEndpoint(account, settings);
    this.members = new MembersEndpoint(account, settings);
    this.profiles = new ProfilesEndpoint(account);
    this.changes = new ProfileChangesEndpoint(account);
    this.subscriptions = new SubscriptionsEndpoint(account, settings);
    this.suppressions = new SuppressionsEndpoint(account, settings, Kind.SUPPRESS);
    this.unsuppressions = new SuppressionsEndpoint(account, settings, Kind.UNSUPPRESS);
    this.deletions = new DeletionsEndpoint(account, settings);
    ImportJobs imports = new ImportJobs(settings, script, account);
    this.jobs = new ImportJobsEndpoint(account, imports, script, settings);
    this.pageState = new AccountPageState(settings, account, imports, log, gate);
  }

  /** Answers a call and records it. */
  ApiResponse answer(ApiRequest call) {
    long number = log.arrival();
    Instant at = settings.time().now();
    Operation operation = null;
    ScriptedFault fault = null;
    ApiResponse answer;
    try {
      Route route = Router.route(call.method(), call.path());
      operation = route.operation();
      fault = script.next(operation, settings.time().nanoTime());
      answer = answer(call, route, fault);
    } catch (ApiErrorException error) {
      answer = refused(error);
    }
    String note = fault == null ? null : fault.toString();
    if (fault == null && isToWait(operation, answer) && clock.isWaitedForInVain()) {
      note = StandingClock.NOTE;
      answer = refused(ApiErrorException.waitsInVain(note));
    }
    log.add(
        new RecordedRequest(
            number,
            at,
            operation,
            call.method(),
            call.path(),
            call.query(),
            call.body().length,
            settings.keepBodies() ? new String(call.body(), StandardCharsets.UTF_8) : null,
            answer.status(),
            note),
        ErrorSummary.of(answer));
    Exchange exchange = new Exchange(call, answer, fault);
    for (ExchangeListener listener : LISTENERS) {
      listener.exchanged(exchange);
    }
    return answer;
  }

  /** Returns whether an answer tells the caller to ask again later, when the clock has moved. */
  private static boolean isToWait(@Nullable Operation operation, ApiResponse answer) {
    return answer.status() == 429
        || answer.status() == 200
            && operation != null
            && POLLS.contains(operation)
            && UNDER_WAY.matcher(new String(answer.body(), StandardCharsets.UTF_8)).find();
  }

  /** Answers a request that could not be read, of which parts are empty, and records it. */
  ApiResponse refuse(String method, String path, String query, int status, String detail) {
    long number = log.arrival();
    ApiResponse answer = refused(ApiErrorException.unreadable(status, detail));
    log.add(
        new RecordedRequest(
            number,
            settings.time().now(),
            null,
            method,
            path,
            query,
            0,
            null,
            answer.status(),
            null),
        ErrorSummary.of(answer));
    return answer;
  }

  private ApiResponse answer(ApiRequest call, Route route, @Nullable ScriptedFault fault) {
    ApiResponse instead = insteadOfProcessing(fault);
    if (instead != null) {
      return instead;
    }
    Map<String, String> rateHeaders = gate.admit(call, route.operation());
    ApiResponse answer;
    ScriptedFault spoiling = fault;
    try {
      if (route.operation() == Operation.BULK_IMPORT_PROFILES) {
        // Ten thousand profiles take a while to check, so others may use the account meanwhile.
        ImportRequest request = jobs.read(call);
        ScriptedFault broken = request.broken();
        instead = insteadOfProcessing(broken);
        if (instead != null) {
          return instead;
        }
        spoiling = broken == null ? fault : broken;
        answer = create(call, request, fault);
      } else {
        answer = process(call, route);
      }
    } catch (ApiErrorException error) {
      answer = refused(error);
    }
    ApiResponse whole = answer.with(rateHeaders);
    ApiResponse spoiled = spoiled(whole, spoiling);
    if (route.operation() == Operation.BULK_IMPORT_PROFILES && whole.status() == 202) {
      importBefore = whole;
    }
    return spoiled;
  }

  private ApiResponse create(
      ApiRequest call, ImportRequest request, @Nullable ScriptedFault fault) {
    synchronized (account) {
      account.settle();
      return jobs.create(call, request, fault);
    }
  }

  private @Nullable ApiResponse insteadOfProcessing(@Nullable ScriptedFault fault) {
    if (fault instanceof ScriptedFault.RateLimited limited) {
      throw ApiErrorException.throttled(
          limited
              .retryAfter()
              .map(after -> OptionalLong.of(after.toSeconds()))
              .orElse(OptionalLong.empty()));
    }
    if (fault instanceof ScriptedFault.Forbidden) {
      throw ApiErrorException.forbidden(List.of());
    }
    if (fault instanceof ScriptedFault.RevisionRetired) {
      throw ApiErrorException.gone();
    }
    if (fault instanceof ScriptedFault.EdgeChallenge) {
      return NetworkEdge.challenge();
    }
    if (fault instanceof ScriptedFault.ServerError failure && !failure.processed()) {
      return serverError(failure.status());
    }
    if (fault instanceof ScriptedFault.Dropped dropped && !dropped.processed()) {
      return ApiResponse.DROPPED;
    }
    if (fault instanceof ScriptedFault.Answered own) {
      byte[] body = own.body().getBytes(StandardCharsets.UTF_8);
      return new ApiResponse(own.status(), own.headers(), body, ApiResponse.Ending.COMPLETE);
    }
    return null;
  }

  private ApiResponse spoiled(ApiResponse answer, @Nullable ScriptedFault fault) {
    ApiResponse before = importBefore;
    if (fault instanceof ScriptedFault.ServerError failure) {
      return serverError(failure.status());
    }
    if (fault instanceof ScriptedFault.Dropped) {
      return ApiResponse.DROPPED;
    }
    if (fault instanceof ScriptedFault.Stalled) {
      return answer.stalled();
    }
    if (fault instanceof ScriptedFault.Silent silent && answer.status() < 300) {
      return answer.withBody(silent.empty() ? "" : "{}");
    }
    if (fault instanceof ScriptedFault.AnsweredAsBefore
        && before != null
        && answer.status() < 300) {
      return before;
    }
    if (fault instanceof ScriptedFault.Rewritten change) {
      String body = new String(answer.body(), StandardCharsets.UTF_8);
      return answer.withBody(body.replace(change.text(), change.other()));
    }
    if (fault instanceof ScriptedFault.WithHeaders own) {
      return answer.with(own.headers());
    }
    return fault instanceof ScriptedFault.Garbled ? answer.garbled() : answer;
  }

  private ApiResponse process(ApiRequest call, Route route) {
    String id = route.id();
    synchronized (account) {
      account.settle();
      return switch (route.operation()) {
        case GET_ACCOUNTS -> AccountsEndpoint.all(call, settings.accountId());
        case GET_ACCOUNT -> AccountsEndpoint.one(call, settings.accountId(), id);
        case GET_LISTS -> lists.all(call);
        case GET_LIST -> lists.one(call, id);
        case CREATE_LIST -> lists.create(call);
        case UPDATE_LIST -> lists.update(call, id);
        case DELETE_LIST -> lists.delete(call, id);
        case GET_PROFILES_FOR_LIST -> members.all(call, id);
        case GET_PROFILE_IDS_FOR_LIST -> members.ids(call, id);
        case ADD_PROFILES_TO_LIST -> members.add(call, id);
        case REMOVE_PROFILES_FROM_LIST -> members.remove(call, id);
        case GET_PROFILES -> profiles.all(call);
        case CREATE_PROFILE -> changes.create(call);
        case GET_PROFILE -> profiles.one(call, id);
        case UPDATE_PROFILE -> changes.update(call, id);
        case CREATE_OR_UPDATE_PROFILE -> changes.createOrUpdate(call);
        case GET_LISTS_FOR_PROFILE -> profiles.lists(call, id);
        case GET_LIST_IDS_FOR_PROFILE -> profiles.listIds(call, id);
        case BULK_SUBSCRIBE_PROFILES -> subscriptions.subscribe(call);
        case BULK_UNSUBSCRIBE_PROFILES -> subscriptions.unsubscribe(call);
        case BULK_SUPPRESS_PROFILES -> suppressions.create(call);
        case GET_BULK_SUPPRESS_PROFILES_JOBS -> suppressions.all(call);
        case GET_BULK_SUPPRESS_PROFILES_JOB -> suppressions.one(call, id);
        case BULK_UNSUPPRESS_PROFILES -> unsuppressions.create(call);
        case GET_BULK_UNSUPPRESS_PROFILES_JOBS -> unsuppressions.all(call);
        case GET_BULK_UNSUPPRESS_PROFILES_JOB -> unsuppressions.one(call, id);
        case REQUEST_PROFILE_DELETION -> deletions.create(call);
        case GET_BULK_IMPORT_PROFILES_JOBS -> jobs.all(call);
        case GET_BULK_IMPORT_PROFILES_JOB -> jobs.one(call, id);
        case GET_ERRORS_FOR_BULK_IMPORT_PROFILES_JOB -> jobs.errors(call, id);
        case GET_PROFILES_FOR_BULK_IMPORT_PROFILES_JOB -> jobs.profiles(call, id);
        case GET_PROFILE_IDS_FOR_BULK_IMPORT_PROFILES_JOB -> jobs.profileIds(call, id);
        case GET_LIST_FOR_BULK_IMPORT_PROFILES_JOB -> jobs.lists(call, id);
        case GET_LIST_IDS_FOR_BULK_IMPORT_PROFILES_JOB -> jobs.listIds(call, id);
        case BULK_IMPORT_PROFILES -> throw new AssertionError("handled above");
      };
    }
  }

  private ApiResponse serverError(int status) {
    return NetworkEdge.answers(status)
        ? NetworkEdge.error(status)
        : refused(ApiErrorException.serverError(status));
  }

  private ApiResponse refused(ApiErrorException error) {
    ObjectNode body = JsonValues.object();
    ArrayNode errors = body.putArray("errors");
    // As recorded: these two come without links and meta, the others with both.
    boolean brief = error.status() == 401 || error.status() == 404;
    for (Problem problem : error.problems()) {
      ObjectNode shown = errors.addObject();
      shown
          .put("id", account.errorId())
          .put("status", error.status())
          .put("code", problem.code())
          .put("title", problem.title())
          .put("detail", problem.detail());
      ObjectNode source = shown.putObject("source");
      if (problem.pointer() != null) {
        source.put("pointer", problem.pointer());
      }
      if (problem.parameter() != null) {
        source.put("parameter", problem.parameter());
      }
      if (!brief) {
        shown.putObject("links");
        ObjectNode meta = shown.putObject("meta");
        problem.meta().forEach(meta::put);
      }
    }
    return ApiResponse.json(error.status(), body).with(error.headers());
  }

  /** Returns what the page shows of the account. */
  AccountPageState pageState() {
    return pageState;
  }
}
