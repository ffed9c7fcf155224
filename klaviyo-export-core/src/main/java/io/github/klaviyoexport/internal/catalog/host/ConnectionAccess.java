package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SecretReference;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.internal.api.AccountInfo;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.api.ListLookup;
import io.github.klaviyoexport.internal.api.ListLookup.Found;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.catalog.store.AccountData;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way from a connection that is kept to Klaviyo: reads the credentials, and asks. */
public final class ConnectionAccess {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  /** People wait for the answer. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SecretStore secrets;
  private final UnaryOperator<KlaviyoConnection> settings;
  private final TimeSource time;
  private final Duration patience;
  private final HostCalls secretCalls;

  /** One supplier for each place of tokens: it is what exports share their quota by. */
  private final Map<SecretReference, Supplier<String>> tokens = new ConcurrentHashMap<>();

  /**
   * Creates the way to Klaviyo.
   *
   * @param settings how Klaviyo is reached, beside the credentials
   */
  public ConnectionAccess(
      SecretStore secrets, UnaryOperator<KlaviyoConnection> settings, TimeSource time) {
    this(secrets, settings, time, PATIENCE);
  }

  /**
   * Creates the way to Klaviyo.
   *
   * @param patience how long a secret is waited for
   */
  ConnectionAccess(
      SecretStore secrets,
      UnaryOperator<KlaviyoConnection> settings,
      TimeSource time,
      Duration patience) {
    this.secrets = secrets;
    this.settings = settings;
    this.time = time;
    this.patience = patience;
    this.secretCalls = new HostCalls("secret store", patience);
  }

  /**
   * Reads the credentials, as they are at this moment.
   *
   * @throws AccessFailedException if they cannot be used
   */
  public KlaviyoConnection open(ConnectionData connection) throws AccessFailedException {
    KlaviyoConnection opened;
    try {
      opened = withCredentials(connection.definition());
    } catch (UnreadableException unreadable) {
      throw unreadable(connection, unreadable.why);
    } catch (IllegalArgumentException none) {
      throw unreadable(connection, Advice.clause(none));
    }
    return withSettings(opened);
  }

  private KlaviyoConnection withCredentials(ConnectionDefinition definition) {
    SecretReference reference = definition.credentials();
    return switch (definition.kind()) {
      case API_KEY -> KlaviyoConnection.of(ApiKey.of(inTime(() -> read(reference))));
      case OAUTH_TOKEN -> {
        KlaviyoConnection oauth =
            KlaviyoConnection.oauth(
                tokens.computeIfAbsent(reference, place -> () -> readToken(place)));
        inTime(oauth.credentials()::authorization); // Fails now if it is no token.
        yield oauth;
      }
    };
  }

  private KlaviyoConnection withSettings(KlaviyoConnection connection)
      throws AccessFailedException {
    String wrong;
    try {
      KlaviyoConnection reached = settings.apply(connection);
      if (reached != null) {
        return reached;
      }
      wrong = "the function that sets it returned no connection";
    } catch (IllegalArgumentException unfit) {
      wrong = Advice.clause(unfit);
    } catch (Throwable fault) {
      wrong = thrown("function that sets how Klaviyo is reached", fault);
    }
    throw new AccessFailedException(
        Reason.KLAVIYO_UNAVAILABLE,
        "The application sets how Klaviyo is reached in a way that cannot be used: those who look"
            + " after it have to mend that.",
        "What is wrong: " + wrong + ".",
        null);
  }

  /**
   * Returns the server that is called: scheme, host and port.
   *
   * @throws CatalogException if the settings cannot be used
   */
  public String server() {
    try {
      return withSettings(KlaviyoConnection.of(ApiKey.of("pk_0123456789"))).baseUrl().toString();
    } catch (AccessFailedException unfit) {
      throw new CatalogException(unfit.reason(), String.valueOf(unfit.getMessage()));
    }
  }

  /**
   * Why a secret cannot be read. It has no message, so that it is not replaced as what foreign code
   * throws is, where it is thrown on the way to a call.
   */
  private static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    UnreadableException(String why) {
      this.why = why;
    }
  }

  // Without its cause: what a secret store throws may hold more than its message says.
  private static AccessFailedException unreadable(ConnectionData connection, String why) {
    return new AccessFailedException(
        Reason.CREDENTIALS_UNREADABLE,
        "The credentials of connection "
            + connection.words()
            + " cannot be used: an administrator has to mend them.",
        keptIn(connection) + ": " + why + ".",
        null);
  }

  /**
   * Returns the failure to read a token before a call, if it is that which let the call fail.
   *
   * @param failure what the call, or the export that made it, ended with
   */
  public static @Nullable AccessFailedException unreadable(
      ConnectionData connection, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnreadableException unreadable) {
        return unreadable(connection, unreadable.why);
      }
    }
    return null;
  }

  /** Reads a secret; one that does not come in time cannot be read. */
  private String inTime(Callable<String> reading) {
    try {
      return secretCalls.call(reading);
    } catch (TimeoutException late) {
      throw new UnreadableException(
          "the secret store did not answer within " + InWords.duration(patience));
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException unusable) {
        throw unusable;
      }
      throw new UnreadableException("the secret store failed");
    }
  }

  private String read(SecretReference reference) {
    try {
      return secrets.read(reference);
    } catch (IOException failure) {
      throw new UnreadableException(Advice.clause(failure));
    } catch (Throwable fault) {
      throw new UnreadableException(thrown("secret store", fault));
    }
  }

  /** Reads a token; one that can be none ends a run as one that cannot be read does. */
  private String readToken(SecretReference reference) {
    String token = read(reference);
    try {
      var unused = KlaviyoConnection.oauth(() -> token).credentials().authorization();
      return token;
    } catch (IllegalArgumentException none) {
      throw new UnreadableException(Advice.clause(none));
    }
  }

  /** Returns what is said, in a clause, of what a part of the host threw; its type is logged. */
  private static String thrown(String part, Throwable fault) {
    LOG.log(
        System.Logger.Level.WARNING,
        "The " + part + " threw " + fault.getClass().getName() + ".",
        UnquotedFailure.of(fault));
    return "the " + part + " threw an error of the program, which the log names";
  }

  /**
   * Asks whether the credentials are good, and whose they are.
   *
   * @return {@code null} when they lack the scope to say whose
   * @throws AccessFailedException if they are not
   */
  public Connection.@Nullable Account verify(ConnectionData connection)
      throws AccessFailedException {
    try (KlaviyoAccess klaviyo = new KlaviyoAccess(open(connection), time)) {
      Reply<AccountInfo> account = ask(klaviyo, Klaviyo::account);
      if (account instanceof Refused<AccountInfo> refused
          && refused.status() == 403
          && !refused.edgeChallenge()) {
        // Klaviyo knows the key, and it need not be allowed to read the account to export.
        account = new Done<>(new AccountInfo("", null, null, null));
      }
      AccountInfo found = done(account, null, connection);
      done(ask(klaviyo, Klaviyo::lists), null, connection);
      return found.id().isEmpty()
          ? null
          : new AccountData(found.id(), found.name(), found.timezone(), found.test());
    }
  }

  /**
   * Finds the list that a definition means, and what it is called.
   *
   * @throws AccessFailedException if there is none, or it cannot be looked for
   */
  public ListInfo findList(ConnectionData connection, ExportDefinition definition)
      throws AccessFailedException {
    ListId id = definition.listId();
    String name = definition.listName();
    try (KlaviyoAccess klaviyo = new KlaviyoAccess(open(connection), time)) {
      if (id != null) {
        return done(ask(klaviyo, (asked, then) -> asked.findList(id, then)), id, connection);
      }
      Reply<Found> reply =
          ask(klaviyo, (asked, then) -> ListLookup.find(asked, String.valueOf(name), then));
      return only(done(reply, null, connection).lists(), String.valueOf(name), connection);
    }
  }

  private static ListInfo only(List<ListInfo> lists, String name, ConnectionData connection)
      throws AccessFailedException {
    if (lists.isEmpty()) {
      throw new AccessFailedException(
          Reason.LIST_NOT_FOUND,
          "Klaviyo has no list called '"
              + name
              + "' in the account of connection "
              + connection.words()
              + ": correct the name (upper and lower case count), or make the list in Klaviyo.",
          null);
    }
    if (lists.size() > 1) {
      throw new AccessFailedException(
          Reason.LIST_AMBIGUOUS,
          "Klaviyo has several lists called '"
              + name
              + "' ("
              + lists.stream().map(ListInfo::id).collect(Collectors.joining(", "))
              + "): choose one by its id.",
          null);
    }
    return lists.get(0);
  }

  private static <T> Reply<T> ask(
      KlaviyoAccess klaviyo, BiConsumer<Klaviyo, Consumer<Reply<T>>> call) {
    try {
      return klaviyo.ask(PATIENCE, call);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new CatalogException(
          Reason.INTERRUPTED, "The thread was interrupted while it asked Klaviyo.", interrupt);
    }
  }

  private static <T> T done(Reply<T> reply, @Nullable ListId list, ConnectionData connection)
      throws AccessFailedException {
    if (reply instanceof Done<T> done) {
      return done.value();
    }
    if (reply instanceof Refused<T> refused) {
      throw refused(refused, list, connection);
    }
    KlaviyoException failure = ((Unanswered<T>) reply).failure();
    AccessFailedException unreadable = unreadable(connection, failure);
    if (unreadable != null) {
      throw unreadable;
    }
    throw new AccessFailedException(
        Reason.KLAVIYO_UNAVAILABLE,
        "Klaviyo could not be asked through connection "
            + connection.words()
            + " ("
            + Advice.clause(failure)
            + "): try again later.",
        failure);
  }

  private static AccessFailedException refused(
      Refused<?> refused, @Nullable ListId list, ConnectionData connection) {
    Advice advice = Advice.on(refused, list, connection.words());
    String said = advice.sentence();
    KlaviyoException cause = refused.asException();
    return switch (advice.problem()) {
      case UNAUTHORIZED ->
          new AccessFailedException(
              Reason.CREDENTIALS_REFUSED,
              said
                  + " An administrator has to put good ones in their place, or to point the"
                  + " connection to where good ones are.",
              keptIn(connection) + ".",
              cause);
      case FORBIDDEN ->
          new AccessFailedException(
              Reason.SCOPE_MISSING, said + " The scope accounts:read is welcome, too.", cause);
      case LIST_NOT_FOUND -> new AccessFailedException(Reason.LIST_NOT_FOUND, said, cause);
      case SHEDDING, EDGE_CHALLENGE, PROXY_ASKS, REFUSED ->
          new AccessFailedException(Reason.KLAVIYO_UNAVAILABLE, said, cause);
    };
  }

  /** Returns a sentence without its full stop, for administrators only. */
  public static String keptIn(ConnectionData connection) {
    return "They are kept in " + connection.definition().credentials();
  }
}
