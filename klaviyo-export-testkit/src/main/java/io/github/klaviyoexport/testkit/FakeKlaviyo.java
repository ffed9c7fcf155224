package io.github.klaviyoexport.testkit;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import io.github.klaviyoexport.testkit.internal.server.AccountServer;
import io.github.klaviyoexport.testkit.internal.server.ExchangeClock;
import io.github.klaviyoexport.testkit.internal.server.InProcessEntry;
import io.github.klaviyoexport.testkit.internal.server.ServedAccount;
import io.github.klaviyoexport.testkit.internal.server.Timeline;
import io.github.klaviyoexport.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Klaviyo account that runs in this process and behaves like Klaviyo: one account with lists,
 * profiles and import jobs, behind two entries.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="account"}
 *
 * <p>There is one way to begin: {@link #start()}, or {@link #builder()} with settings and then
 * {@link FakeKlaviyoBuilder#start() start()}. Both entries lead to the same account. The one in
 * process ({@link #connection()}, {@link #transport()}) has no socket, opens no port and is the
 * quicker one. The other is real HTTP on the loopback interface ({@link #httpConnection()}, {@link
 * #baseUrl()}): it opens when it is first asked for, for clients in other processes and languages,
 * and for a browser.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="entries"}
 *
 * <p>Behind both, the rules are Klaviyo's of revision 2026-07-15, as strict as Klaviyo's: key,
 * revision, media types, sizes, quotas in fixed windows, all-or-nothing validation with pointers,
 * jobs that take their time.
 *
 * <p>Nothing goes wrong that was not {@linkplain #script scripted}. It is safe for use by many
 * threads. Closing it closes both entries; what became of the account and its requests can still be
 * read.
 */
public final class FakeKlaviyo implements AutoCloseable {
  /**
   * The system property that has failing assertions show addresses and values in full when it is
   * {@code true}, unless {@link FakeKlaviyoBuilder#showValues} says otherwise.
   */
  public static final String SHOW_VALUES = "klaviyoexport.showValues";

  private final AccountServer server;
  private final ServedAccount served;
  private final InProcessEntry inProcess;

  FakeKlaviyo(AccountServer server, ServedAccount served) {
    this.server = server;
    this.served = served;
    this.inProcess = new InProcessEntry(server, served, clock(served.settings().time()));
  }

  /** Returns its address, at which other accounts may be. */
  AccountServer server() {
    return server;
  }

  private static ExchangeClock clock(TimeSource time) {
    return time instanceof VirtualTime virtual ? virtual.exchangeClock() : ExchangeClock.REAL;
  }

  /** Starts an account with one list, {@code Y6nRLr}, and the settings that suit most tests. */
  public static FakeKlaviyo start() {
    return builder().start();
  }

  /** Begins an account to be fitted out. */
  public static FakeKlaviyoBuilder builder() {
    return new FakeKlaviyoBuilder();
  }

  /**
   * Returns how to reach the account in process.
   *
   * @throws IllegalStateException if it is closed
   */
  public KlaviyoConnection connection() {
    return openConnection().transport(inProcess);
  }

  /**
   * Returns how to reach the account over HTTP, and has it listen if it does not yet.
   *
   * @throws IllegalStateException if it is closed
   */
  public KlaviyoConnection httpConnection() {
    return openConnection().baseUrl(baseUrl());
  }

  private KlaviyoConnection openConnection() {
    if (served.isClosed()) {
      throw new IllegalStateException(InProcessEntry.CLOSED);
    }
    return KlaviyoConnection.of(apiKey());
  }

  /**
   * Returns where the account listens, {@code http://127.0.0.1:41235} for example, and has it
   * listen if it does not yet.
   *
   * <p>In a browser, say while a test stands at a breakpoint, it shows the account as it changes:
   * lists and members, jobs, requests with what they were refused for, and quotas. Looking is no
   * request, and nothing can be changed from there.
   *
   * @throws IllegalStateException if it was closed before anybody asked
   */
  public URI baseUrl() {
    return server.http().baseUrl();
  }

  /**
   * Returns the port of {@link #baseUrl()}.
   *
   * @throws IllegalStateException if it was closed before anybody asked
   */
  public int port() {
    return baseUrl().getPort();
  }

  /**
   * Returns the WireMock server behind {@link #baseUrl()}, for stubs of your own, which come before
   * the account. Requests that they answer are neither checked nor recorded here.
   *
   * @throws IllegalStateException if it was closed before anybody asked
   */
  public WireMockServer wireMock() {
    return server.http().wireMock();
  }

  /** Returns the account's entry without sockets; its calls need no particular host. */
  public KlaviyoTransport transport() {
    return inProcess;
  }

  /** Returns the id by which the account tells who it is. */
  public String accountId() {
    return served.settings().accountId();
  }

  /** Returns the key that the account takes. */
  public ApiKey apiKey() {
    return ApiKey.of(served.settings().apiKey());
  }

  /**
   * Returns the clock that the account lives by, which callers are to share: see {@link
   * VirtualTime}.
   */
  public TimeSource time() {
    return served.settings().time();
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
    if (served.settings().lists().size() != 1) {
      throw new IllegalStateException(
          "The account has " + served.settings().lists().size() + " lists: say which one.");
    }
    return ListId.of(served.settings().lists().keySet().iterator().next());
  }

  /**
   * Returns a list of the account.
   *
   * @throws IllegalArgumentException if there is none of that id; the message names those there are
   */
  public FakeList list(String id) {
    Account account = served.account();
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
      return new FakeList(account, list, served.log(), showsValues());
    }
  }

  /** Returns all lists of the account, those that were made by calls as well. */
  public List<FakeList> lists() {
    Account account = served.account();
    synchronized (account) {
      return account.lists().stream()
          .map(list -> new FakeList(account, list, served.log(), showsValues()))
          .toList();
    }
  }

  /**
   * Returns the profile with that email address, whether it is in a list or not; empty without one.
   */
  public Optional<FakeProfile> profile(String email) {
    Account account = served.account();
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

  /**
   * Has the account shed load for so long, from now on by its clock: every call meets 403 whatever
   * it asks for, by turns JSON of the API and a page of its edge, as seen of Klaviyo in outages.
   * What is scripted for single calls waits until that is over.
   */
  public FakeKlaviyo shedLoad(Duration time) {
    UsageErrors.notNegative("The time in which load is shed", time);
    open().shed(served.settings().time().nanoTime(), time);
    return this;
  }

  /** Returns the script, unless the account is closed, so that nothing can meet it. */
  private Script open() {
    if (served.isClosed()) {
      throw new IllegalStateException(
          "The fake Klaviyo is closed, so nothing can happen to it any more: script before the"
              + " calls, and close it after the last.");
    }
    return served.script();
  }

  /** Returns what was scripted and has not happened, by name; empty when all of it has. */
  public List<String> unused() {
    return served.script().unused();
  }

  /** Returns the requests so far in the order of arrival; of very many, the last 100,000. */
  public List<RecordedRequest> requests() {
    return served.log().all();
  }

  /** Returns the requests of one operation, of those that {@link #requests()} returns. */
  public List<RecordedRequest> requests(Operation operation) {
    return served.log().all().stream().filter(request -> request.operation() == operation).toList();
  }

  /**
   * Returns the largest number of requests of one operation within any stretch of time of that
   * length, wherever it begins, by the account's clock: of those that {@link #requests()} returns.
   */
  public int mostRequests(Operation operation, Duration within) {
    return served.log().most(operation, within);
  }

  /**
   * Returns where the calls were more than Klaviyo allows in any second, minute or day, wherever it
   * begins, in words; empty when they kept the quotas. Counting members, for example, has a
   * narrower quota than reading a list, and draws from both. It looks at those that {@link
   * #requests()} returns.
   */
  public List<String> exceededQuotas() {
    return served.log().exceededQuotas();
  }

  /**
   * Returns the requests so far as lines for people, with answers and waits, by the account's
   * clock: what a failing test shows. They hold operations, sizes and counts; no query, no body, no
   * profile.
   */
  public String timeline() {
    return Timeline.of(served.log().all());
  }

  /** Returns whether failing assertions show addresses and values of this account in full. */
  public boolean showsValues() {
    return served.settings().showsValues();
  }

  /**
   * Begins the account anew, as it was built: with its lists and settings, at its address, and
   * without members, profiles, jobs, requests or faults. For an account that several tests share,
   * between two of them. What was asked for before shows what was there before.
   *
   * @throws IllegalStateException if it is closed
   */
  public FakeKlaviyo reset() {
    open();
    served.reset();
    return this;
  }

  /**
   * Closes both entries; closing again does nothing. Where several accounts have one address, it
   * listens until the last of them is closed.
   */
  @Override
  public void close() {
    server.close(served);
  }

  /** Returns where it listens, if it does, and how many requests came; neither key nor profile. */
  @Override
  public String toString() {
    URI address = server.address();
    return "FakeKlaviyo["
        + (address == null ? "in process" : address)
        + ", "
        + InWords.count(served.log().size(), "request")
        + "]";
  }
}
