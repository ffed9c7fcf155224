package io.github.klaviyoexport.testkit;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import io.github.klaviyoexport.testkit.internal.server.AccountPage;
import io.github.klaviyoexport.testkit.internal.server.ExchangeClock;
import io.github.klaviyoexport.testkit.internal.server.HttpEntry;
import io.github.klaviyoexport.testkit.internal.server.InProcessEntry;
import io.github.klaviyoexport.testkit.internal.server.RequestDispatcher;
import io.github.klaviyoexport.testkit.internal.server.RequestLog;
import io.github.klaviyoexport.testkit.internal.server.Timeline;
import io.github.klaviyoexport.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Klaviyo account that runs in this process and behaves like Klaviyo: one account with lists,
 * profiles and import jobs, behind two entries.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="account"}
 *
 * <p>The entries are real HTTP on the loopback interface ({@link #baseUrl()}), open once the fake
 * is {@linkplain Builder#start() started}, and a transport without sockets ({@link #transport()}),
 * which is always open and quicker. Behind both, the rules are Klaviyo's of revision 2026-07-15, as
 * strict as Klaviyo's: key, revision, media types, sizes, quotas in fixed windows, all-or-nothing
 * validation with pointers, jobs that take their time.
 *
 * <p>Nothing goes wrong that was not {@linkplain #script scripted}. It is safe for use by many
 * threads. Closing it closes both entries; what became of the account and its requests can still be
 * read.
 */
public final class FakeKlaviyo implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Settings settings;
  private final Script script = new Script();
  private final RequestLog log = new RequestLog();
  private final Account account;
  private final RequestDispatcher dispatcher;
  private final InProcessEntry inProcess;
  private final @Nullable HttpEntry http;

  private FakeKlaviyo(Settings settings, int port, boolean overHttp) {
    this.settings = settings;
    this.account = new Account(settings);
    this.dispatcher = new RequestDispatcher(settings, account, script, log);
    this.inProcess = new InProcessEntry(dispatcher, settings, clock(settings.time()));
    this.http =
        overHttp
            ? new HttpEntry(port, dispatcher, new AccountPage(dispatcher.pageState()), settings)
            : null;
  }

  private static ExchangeClock clock(TimeSource time) {
    return time instanceof VirtualTime virtual ? virtual.exchangeClock() : ExchangeClock.REAL;
  }

  /** Starts an account with one list, {@code Y6nRLr}, on a port that is free. */
  public static FakeKlaviyo start() {
    return builder().start();
  }

  /** Begins an account to be fitted out. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns how to reach the account: over HTTP if it was started, in process otherwise.
   *
   * @throws IllegalStateException if it is closed
   */
  public KlaviyoConnection connection() {
    if (dispatcher.isClosed()) {
      throw new IllegalStateException(InProcessEntry.CLOSED);
    }
    KlaviyoConnection connection = KlaviyoConnection.of(ApiKey.of(settings.apiKey()));
    return http == null ? connection.transport(inProcess) : connection.baseUrl(http.baseUrl());
  }

  /**
   * Returns where the account listens, {@code http://127.0.0.1:41235} for example.
   *
   * <p>In a browser, say while a test stands at a breakpoint, it shows the account as it changes:
   * lists and members, jobs, requests with what they were refused for, and quotas. Looking is no
   * request, and nothing can be changed from there.
   *
   * @throws IllegalStateException if it was built and not started
   */
  public URI baseUrl() {
    return http().baseUrl();
  }

  /**
   * Returns the port it listens on.
   *
   * @throws IllegalStateException if it was built and not started
   */
  public int port() {
    return baseUrl().getPort();
  }

  /**
   * Returns the WireMock server behind {@link #baseUrl()}, for stubs of your own, which come before
   * the account. Requests that they answer are neither checked nor recorded here.
   *
   * @throws IllegalStateException if it was built and not started
   */
  public WireMockServer wireMock() {
    return http().wireMock();
  }

  private HttpEntry http() {
    if (http == null) {
      throw new IllegalStateException(
          "This fake was built without HTTP: make it with start() instead of build(), or use"
              + " transport().");
    }
    return http;
  }

  /** Returns the account's entry without sockets; its calls need no particular host. */
  public KlaviyoTransport transport() {
    return inProcess;
  }

  /** Returns the key that the account takes. */
  public ApiKey apiKey() {
    return ApiKey.of(settings.apiKey());
  }

  /**
   * Returns the account's only list.
   *
   * @throws IllegalStateException if the account has several
   */
  public FakeList list() {
    return list(listId().value());
  }

  /**
   * Returns the id of the account's only list.
   *
   * @throws IllegalStateException if the account has several
   */
  public ListId listId() {
    if (settings.lists().size() != 1) {
      throw new IllegalStateException(
          "The account has " + settings.lists().size() + " lists: say which one.");
    }
    return ListId.of(settings.lists().keySet().iterator().next());
  }

  /**
   * Returns a list of the account.
   *
   * @throws IllegalArgumentException if there is none of that id; the message names those there are
   */
  public FakeList list(String id) {
    synchronized (account) {
      KlaviyoList list = account.findList(id);
      if (list == null) {
        throw new IllegalArgumentException(
            "The account has no list "
                + id
                + ", only "
                + account.lists().stream().map(KlaviyoList::id).collect(Collectors.joining(", "))
                + ": add it with builder().list(id, name).");
      }
      return new FakeList(account, list, log);
    }
  }

  /** Returns all lists of the account, those that were made by calls as well. */
  public List<FakeList> lists() {
    synchronized (account) {
      return account.lists().stream().map(list -> new FakeList(account, list, log)).toList();
    }
  }

  /**
   * Returns the profile with that email address, whether it is in a list or not; empty without one.
   */
  public Optional<FakeProfile> profile(String email) {
    synchronized (account) {
      account.settle();
      int number = account.profiles().find(ProfileStore.Identifier.EMAIL, email);
      return number < 0 ? Optional.empty() : Optional.of(new FakeProfile(account, number));
    }
  }

  /**
   * Scripts what the next calls of an operation meet: the first fault is the next call's, and so
   * on, after those that were scripted before.
   *
   * @throws IllegalArgumentException if a fault cannot happen to that operation
   */
  public FakeKlaviyo script(Operation operation, Fault... faults) {
    open().add(operation, Stream.of(faults).map(Fault::scripted).toList());
    return this;
  }

  /** Scripts the same fault for so many calls of an operation. */
  public FakeKlaviyo script(Operation operation, int calls, Fault fault) {
    if (calls < 1) {
      throw new IllegalArgumentException(
          "The fault '" + fault + "' cannot meet " + calls + " calls: pass 1 or more.");
    }
    open().add(operation, Collections.nCopies(calls, fault.scripted()));
    return this;
  }

  /**
   * Has imports refused, with a pointer to the field, as long as they hold one of these profiles
   * with that field.
   *
   * @param field an attribute, {@code phone_number} for example
   * @param identifiers emails, phone numbers or external ids
   */
  public FakeKlaviyo refuseProfiles(String field, String... identifiers) {
    open().refuse(UsageErrors.attribute(field), List.of(identifiers));
    return this;
  }

  /**
   * Has jobs fail to import these profiles, which then show in the import errors.
   *
   * @param identifiers emails, phone numbers or external ids
   */
  public FakeKlaviyo failProfiles(String... identifiers) {
    open().fail(List.of(identifiers));
    return this;
  }

  /**
   * Has every import meet the fault that holds one of these profiles, as if Klaviyo failed on what
   * is in it.
   *
   * @param fault a {@linkplain Fault#serverError(int) server error} or a {@linkplain Fault#dropped
   *     dropped connection}
   * @param identifiers emails, phone numbers or external ids
   * @throws IllegalArgumentException if the fault is none of these
   */
  public FakeKlaviyo breakOnProfiles(Fault fault, String... identifiers) {
    open().breakOn(fault.scripted(), List.of(identifiers));
    return this;
  }

  /** Returns the script, unless the account is closed, so that nothing can meet it. */
  private Script open() {
    if (dispatcher.isClosed()) {
      throw new IllegalStateException(
          "The fake Klaviyo is closed, so nothing can happen to it any more: script before the"
              + " calls, and close it after the last.");
    }
    return script;
  }

  /** Returns what was scripted and has not happened, by name; empty when all of it has. */
  public List<String> unused() {
    return script.unused();
  }

  /** Returns the requests so far in the order of arrival; of very many, the last 100,000. */
  public List<RecordedRequest> requests() {
    return log.all();
  }

  /** Returns the requests of one operation so far. */
  public List<RecordedRequest> requests(Operation operation) {
    return log.all().stream().filter(request -> request.operation() == operation).toList();
  }

  /**
   * Returns the largest number of requests of one operation within any stretch of time of that
   * length, wherever it begins, by the account's clock. It proves that a quota was kept.
   */
  public int mostRequests(Operation operation, Duration within) {
    return log.most(operation, within);
  }

  /**
   * Returns the requests so far as lines for people, with answers and waits, by the account's
   * clock: what a failing test shows. They hold operations, sizes and counts; no query, no body, no
   * profile.
   */
  public String timeline() {
    return Timeline.of(log.all());
  }

  /** Closes both entries; closing again does nothing. */
  @Override
  public void close() {
    dispatcher.close();
    if (http != null) {
      http.close();
    }
  }

  /** Returns where it listens and how many requests came; neither key nor profile. */
  @Override
  public String toString() {
    return "FakeKlaviyo["
        + (http == null ? "in process" : http.baseUrl())
        + ", "
        + log.all().size()
        + " requests]";
  }

  /** Fits out an account; every setting has a default that suits most tests. */
  public static final class Builder {
    private final Map<String, String> lists = new LinkedHashMap<>();
    private final Set<String> accessTokens = new TreeSet<>();
    private int port;
    // Quotas are paced per key in a whole JVM, so every account has one of its own.
    private String apiKey = "pk_fake_" + COUNT.incrementAndGet();
    private Set<String> scopes = UsageErrors.allScopes();
    private KlaviyoList.OptIn optIn = KlaviyoList.OptIn.SINGLE;
    private boolean quota = true;
    private TimeSource time = TimeSource.system();
    private Duration jobDuration = Duration.ZERO;
    private Duration latency = Duration.ZERO;
    private Duration membersShowAfter = Duration.ZERO;
    private boolean dropsBadPhones;
    private Predicate<String> unusualEmails = FieldRules::isNotSeenRefused;
    private boolean refusesStrangers;
    private int badProfilesPerAnswer = Integer.MAX_VALUE;
    private int refusalStatus = 400;
    private OriginalPayload originalPayload = OriginalPayload.ATTRIBUTES;
    private SharedIdentifiers sharedIdentifiers = SharedIdentifiers.DROPPED;
    private boolean keepBodies;
    private long seed = 42;

    private Builder() {}

    /** Sets the port to listen on. By default, and with 0, it is one that is free. */
    public Builder port(int port) {
      this.port = UsageErrors.port(port);
      return this;
    }

    /** Sets the private key that calls must carry. By default it is one of this account only. */
    public Builder apiKey(String apiKey) {
      this.apiKey = ApiKey.of(apiKey).value();
      return this;
    }

    /**
     * Adds an OAuth access token that the account takes beside the key. By default there is none.
     */
    public Builder accessToken(String token) {
      accessTokens.add(token);
      return this;
    }

    /** Sets the scopes that the key has. By default it has all. */
    public Builder scopes(String... scopes) {
      this.scopes = UsageErrors.scopes(scopes);
      return this;
    }

    /** Adds a list; an account without any gets {@code Y6nRLr}, named VIP. */
    public Builder list(String id, String name) {
      lists.put(ListId.of(id).value(), Objects.requireNonNull(name, "name"));
      return this;
    }

    /**
     * Sets whether lists ask new subscribers to confirm by a message. By default they do not. Calls
     * that make or change a list can say otherwise for that list.
     */
    public Builder doubleOptIn(boolean confirmed) {
      this.optIn = confirmed ? KlaviyoList.OptIn.DOUBLE : KlaviyoList.OptIn.SINGLE;
      return this;
    }

    /** Sets whether calls are counted against Klaviyo's quotas. By default they are. */
    public Builder quota(boolean counted) {
      this.quota = counted;
      return this;
    }

    /** Sets the clock of quotas and jobs. By default it is the machine's. */
    public Builder time(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets how long after they have joined members are shown by calls that list them. By default it
     * is no time. How long it is at Klaviyo is unknown.
     */
    public Builder membersShowAfter(Duration time) {
      this.membersShowAfter = UsageErrors.notNegative("The time until members show", time);
      return this;
    }

    /**
     * Sets how long a job takes; imports are queued for a quarter of it. By default it is no time:
     * the first look after the answer finds the job complete. It is also how long it takes to
     * subscribe, unsubscribe, suppress or delete.
     */
    public Builder jobDuration(Duration duration) {
      this.jobDuration = UsageErrors.notNegative("A job's duration", duration);
      return this;
    }

    /**
     * Sets how long an answer takes. By default it is no time. It passes in virtual time in process
     * on a {@link VirtualTime}, and in real time everywhere else.
     */
    public Builder latency(Duration latency) {
      this.latency = UsageErrors.notNegative("The latency", latency);
      return this;
    }

    /**
     * Sets whether an import leaves out a malformed phone number without a word when the profile
     * has another identifier. By default it is refused with a pointer. Klaviyo has been seen to do
     * both.
     */
    public Builder dropsBadPhones(boolean drops) {
      this.dropsBadPhones = drops;
      return this;
    }

    /**
     * Sets which unusual email addresses the account takes: those that are neither made of letters,
     * digits and {@code . _ % + -} only nor certainly no address, {@code o'brien@shop.example} for
     * example. By default it takes all but those that Klaviyo has been seen to refuse, with {@code
     * mailto:} before them, a {@code !} or a digit in the last label. It is not known what Klaviyo
     * does, so a client must do with {@code email -> true} and {@code email -> false}.
     */
    public Builder takesUnusualEmails(Predicate<String> takes) {
      this.unusualEmails = Objects.requireNonNull(takes, "takes");
      return this;
    }

    /**
     * Sets whether strangers among the members that a call names have all of them refused, with
     * 404. A stranger is no profile when members are added, and no member when they are removed. By
     * default strangers are passed over. It is not known what Klaviyo does, so a client must do
     * with both.
     */
    public Builder refusesStrangers(boolean refuses) {
      this.refusesStrangers = refuses;
      return this;
    }

    /**
     * Sets how many bad profiles a refusal names at most. By default it names all. Klaviyo's number
     * is not known, so a client must do with 1.
     */
    public Builder badProfilesPerAnswer(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("A refusal names one profile at least, not " + most);
      }
      this.badProfilesPerAnswer = most;
      return this;
    }

    /**
     * Sets with which status imports are refused for their profiles, 400, 409 or 422. By default it
     * is 400, the only one that Klaviyo has been seen to use.
     */
    public Builder refusalStatus(int status) {
      if (status != 400 && status != 409 && status != 422) {
        throw new IllegalArgumentException(
            "Imports are refused with 400, 409 or 422, not " + status);
      }
      this.refusalStatus = status;
      return this;
    }

    /**
     * Sets what import errors tell of the profile that failed. By default they tell its attributes.
     */
    public Builder originalPayload(OriginalPayload payload) {
      this.originalPayload = Objects.requireNonNull(payload, "payload");
      return this;
    }

    /**
     * Sets what an import does with a profile whose phone number or external id belongs to a
     * profile with another email address. By default it is {@link SharedIdentifiers#DROPPED}. It is
     * not known what Klaviyo does, so a client must do with all of them.
     */
    public Builder sharedIdentifiers(SharedIdentifiers shared) {
      this.sharedIdentifiers = Objects.requireNonNull(shared, "shared");
      return this;
    }

    /** Sets whether recorded requests keep their bodies. By default they do not. */
    public Builder keepBodies(boolean keep) {
      this.keepBodies = keep;
      return this;
    }

    /**
     * Sets the number from which ids, the order inside jobs and the beginnings of quota windows are
     * derived. By default it is 42.
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Opens the account with its entry without sockets only: no port, no threads. */
    public FakeKlaviyo build() {
      return new FakeKlaviyo(settings(), 0, false);
    }

    /**
     * Opens the account with both entries.
     *
     * @throws IllegalStateException if the port is taken
     */
    public FakeKlaviyo start() {
      return new FakeKlaviyo(settings(), port, true);
    }

    private Settings settings() {
      Map<String, String> all = new LinkedHashMap<>(lists);
      if (all.isEmpty()) {
        all.put("Y6nRLr", "VIP");
      }
      return new Settings(
          apiKey,
          Set.copyOf(accessTokens),
          Set.copyOf(scopes),
          Collections.unmodifiableMap(all),
          optIn,
          time,
          jobDuration,
          latency,
          membersShowAfter,
          quota,
          dropsBadPhones,
          unusualEmails,
          refusesStrangers,
          badProfilesPerAnswer,
          refusalStatus,
          originalPayload,
          sharedIdentifiers,
          keepBodies,
          seed);
    }
  }
}
