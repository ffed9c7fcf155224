package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import io.github.klaviyoexport.testkit.internal.server.AccountServer;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What fits out a {@link FakeKlaviyo}; every setting has a default that suits most tests.
 *
 * <p>It is used by one thread.
 */
public final class FakeKlaviyoBuilder {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Map<String, String> lists = new LinkedHashMap<>();
  private final Set<String> accessTokens = new TreeSet<>();
  private final Set<String> hostNames = new TreeSet<>();
  private @Nullable FakeKlaviyo neighbour;
  private @Nullable String accountId;
  // Below 0: opened when its address is asked for.
  private int port = -1;
  // Quotas are paced per key in a whole JVM, so every account has one of its own.
  private String apiKey = "pk_fake_" + COUNT.incrementAndGet();
  private Set<String> scopes = UsageErrors.allScopes();
  private KlaviyoList.OptIn optIn = KlaviyoList.OptIn.SINGLE;
  private boolean quota = true;
  private TimeSource time = TimeSource.system();
  private Duration jobDuration = Duration.ZERO;
  private Duration latency = Duration.ZERO;
  private Duration membersShowAfter = Duration.ZERO;
  private Duration membersJoinAfter = Duration.ZERO;
  private Duration countsShowAfter = Duration.ZERO;
  private boolean dropsBadPhones;
  private Predicate<String> unusualEmails = FieldRules::isNotSeenRefused;
  private boolean refusesStrangers;
  private int badProfilesPerAnswer = Integer.MAX_VALUE;
  private int refusalStatus = 400;
  private OriginalPayload originalPayload = OriginalPayload.ATTRIBUTES;
  private SharedIdentifiers sharedIdentifiers = SharedIdentifiers.DROPPED;
  private boolean keepBodies;
  private boolean showValues = Boolean.getBoolean(FakeKlaviyo.SHOW_VALUES);
  private long seed = 42;

  FakeKlaviyoBuilder() {}

  /**
   * Sets the port to listen on from the start, 0 for one that is free. By default it is one that is
   * free, opened when its {@linkplain FakeKlaviyo#baseUrl() address} is first asked for.
   */
  public FakeKlaviyoBuilder port(int port) {
    this.port = UsageErrors.port(port);
    return this;
  }

  /**
   * Has the account at the address of another one, as all accounts of Klaviyo have one address:
   * calls are told apart by their key or access token. Each has lists, quotas, faults and a view on
   * the page of its own. The port is that of the other one, and stays open until both are closed.
   * By default each account has an address of its own.
   *
   * {@snippet class="io.github.klaviyoexport.testkit.SeveralAccountsTest" region="several"}
   */
  public FakeKlaviyoBuilder atAddressOf(FakeKlaviyo other) {
    this.neighbour = Objects.requireNonNull(other, "other");
    return this;
  }

  /**
   * Adds a name under which the account may be called over HTTP, beside {@code localhost}, {@code
   * 127.0.0.1} and {@code [::1]}: one of your hosts file, for example, or of a proxy. Calls under
   * any other name are answered with 421, whatever they ask for, so that a web site whose name
   * leads to this machine neither reads the account nor changes it.
   *
   * @throws IllegalArgumentException if it is no name of a host, or has a port
   */
  public FakeKlaviyoBuilder hostName(String name) {
    hostNames.add(UsageErrors.hostName(name));
    return this;
  }

  /**
   * Sets the id by which the account tells who it is. By default it is {@code FaKe01}, and {@code
   * FaKe02} for the second one at the same address.
   */
  public FakeKlaviyoBuilder accountId(String id) {
    this.accountId = UsageErrors.accountId(id);
    return this;
  }

  /** Sets the private key that calls must carry. By default it is one of this account only. */
  public FakeKlaviyoBuilder apiKey(String apiKey) {
    this.apiKey = ApiKey.of(apiKey).value();
    return this;
  }

  /** Adds an OAuth access token that the account takes beside the key. By default there is none. */
  public FakeKlaviyoBuilder accessToken(String token) {
    accessTokens.add(token);
    return this;
  }

  /** Sets the scopes that the key has. By default it has all. */
  public FakeKlaviyoBuilder scopes(String... scopes) {
    this.scopes = UsageErrors.scopes(scopes);
    return this;
  }

  /** Adds a list; an account without any gets {@code Y6nRLr}, named VIP. */
  public FakeKlaviyoBuilder list(String id, String name) {
    lists.put(ListId.of(id).value(), Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Sets whether lists ask new subscribers to confirm by a message. By default they do not. Calls
   * that make or change a list can say otherwise for that list.
   */
  public FakeKlaviyoBuilder doubleOptIn(boolean confirmed) {
    this.optIn = confirmed ? KlaviyoList.OptIn.DOUBLE : KlaviyoList.OptIn.SINGLE;
    return this;
  }

  /** Sets whether calls are counted against Klaviyo's quotas. By default they are. */
  public FakeKlaviyoBuilder quota(boolean counted) {
    this.quota = counted;
    return this;
  }

  /**
   * Sets the clock of quotas and jobs, which exporters are to live by as well. By default it is the
   * machine's.
   */
  public FakeKlaviyoBuilder time(TimeSource time) {
    this.time = Objects.requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets how long after they have joined members are shown by calls that list them. By default it
   * is no time. How long it is at Klaviyo is unknown.
   */
  public FakeKlaviyoBuilder membersShowAfter(Duration time) {
    this.membersShowAfter = UsageErrors.notNegative("The time until members show", time);
    return this;
  }

  /**
   * Sets how long after an import job is complete its profiles join their lists. By default it is
   * no time. Klaviyo has been seen to take a day. They are no members before that, and have joined
   * then.
   */
  public FakeKlaviyoBuilder membersJoinAfter(Duration time) {
    this.membersJoinAfter = UsageErrors.notNegative("The time until members join", time);
    return this;
  }

  /**
   * Sets how old the count of a list's members is that is told with the list. By default it is of
   * now. How old it may be at Klaviyo is unknown.
   */
  public FakeKlaviyoBuilder countsShowAfter(Duration time) {
    this.countsShowAfter = UsageErrors.notNegative("The age of a count", time);
    return this;
  }

  /**
   * Sets how long a job takes; imports are queued for a quarter of it. By default it is no time:
   * the first look after the answer finds the job complete. It is also how long it takes to
   * subscribe, unsubscribe, suppress or delete.
   */
  public FakeKlaviyoBuilder jobDuration(Duration duration) {
    this.jobDuration = UsageErrors.notNegative("A job's duration", duration);
    return this;
  }

  /**
   * Sets how long an answer takes. By default it is no time. It passes in virtual time in process
   * on a {@link VirtualTime}, and in real time everywhere else.
   */
  public FakeKlaviyoBuilder latency(Duration latency) {
    this.latency = UsageErrors.notNegative("The latency", latency);
    return this;
  }

  /**
   * Sets whether an import leaves out a malformed phone number without a word when the profile has
   * another identifier. By default it is refused with a pointer. Klaviyo has been seen to do both.
   */
  public FakeKlaviyoBuilder dropsBadPhones(boolean drops) {
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
  public FakeKlaviyoBuilder takesUnusualEmails(Predicate<String> takes) {
    this.unusualEmails = Objects.requireNonNull(takes, "takes");
    return this;
  }

  /**
   * Sets whether strangers among the members that a call names have all of them refused, with 404.
   * A stranger is no profile when members are added, and no member when they are removed. By
   * default strangers are passed over. It is not known what Klaviyo does, so a client must do with
   * both.
   */
  public FakeKlaviyoBuilder refusesStrangers(boolean refuses) {
    this.refusesStrangers = refuses;
    return this;
  }

  /**
   * Sets how many bad profiles a refusal names at most. By default it names all. Klaviyo's number
   * is not known, so a client must do with 1.
   */
  public FakeKlaviyoBuilder badProfilesPerAnswer(int most) {
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
  public FakeKlaviyoBuilder refusalStatus(int status) {
    if (status != 400 && status != 409 && status != 422) {
      throw new IllegalArgumentException("Imports are refused with 400, 409 or 422, not " + status);
    }
    this.refusalStatus = status;
    return this;
  }

  /**
   * Sets what import errors tell of the profile that failed. By default they tell its attributes.
   */
  public FakeKlaviyoBuilder originalPayload(OriginalPayload payload) {
    this.originalPayload = Objects.requireNonNull(payload, "payload");
    return this;
  }

  /**
   * Sets what an import does with a profile whose phone number or external id belongs to a profile
   * with another email address. By default it is {@link SharedIdentifiers#DROPPED}. It is not known
   * what Klaviyo does, so a client must do with all of them.
   */
  public FakeKlaviyoBuilder sharedIdentifiers(SharedIdentifiers shared) {
    this.sharedIdentifiers = Objects.requireNonNull(shared, "shared");
    return this;
  }

  /** Sets whether recorded requests keep their bodies. By default they do not. */
  public FakeKlaviyoBuilder keepBodies(boolean keep) {
    this.keepBodies = keep;
    return this;
  }

  /**
   * Sets whether failing assertions show addresses and values in full: for test data that are made
   * up, in reports that stay where they are. By default they are masked, unless the system property
   * {@value FakeKlaviyo#SHOW_VALUES} is {@code true}.
   */
  public FakeKlaviyoBuilder showValues(boolean show) {
    this.showValues = show;
    return this;
  }

  /**
   * Sets the number from which ids, the order inside jobs and the beginnings of quota windows are
   * derived. By default it is 42.
   */
  public FakeKlaviyoBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Opens the account, with both entries.
   *
   * @throws IllegalStateException if the port is taken, or if the account whose address it is to
   *     have is closed
   * @throws IllegalArgumentException if that one takes the same key or access token
   */
  public FakeKlaviyo start() {
    AccountServer server =
        neighbour == null ? new AccountServer(Math.max(port, 0)) : neighbour.server();
    FakeKlaviyo klaviyo = new FakeKlaviyo(server, server.open(settings(server.size() + 1)));
    if (neighbour == null && port >= 0) {
      server.http();
    }
    return klaviyo;
  }

  // The account's place at its address is counted from 1.
  private Settings settings(int place) {
    Map<String, String> all = new LinkedHashMap<>(lists);
    if (all.isEmpty()) {
      all.put("Y6nRLr", "VIP");
    }
    return new Settings(
        accountId == null ? (place < 10 ? "FaKe0" : "FaKe") + place : accountId,
        apiKey,
        Set.copyOf(accessTokens),
        Set.copyOf(scopes),
        Collections.unmodifiableMap(all),
        optIn,
        time,
        jobDuration,
        latency,
        membersShowAfter,
        membersJoinAfter,
        countsShowAfter,
        quota,
        dropsBadPhones,
        unusualEmails,
        refusesStrangers,
        badProfilesPerAnswer,
        refusalStatus,
        originalPayload,
        sharedIdentifiers,
        keepBodies,
        showValues,
        Set.copyOf(hostNames),
        seed);
  }
}
