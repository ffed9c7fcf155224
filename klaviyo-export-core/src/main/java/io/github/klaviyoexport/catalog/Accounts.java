package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.api.AccountInfo;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way from a connection that is kept to Klaviyo: reads the credentials, and asks. */
final class Accounts {
  /** People wait for the answer. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SecretStore secrets;
  private final UnaryOperator<KlaviyoConnection> settings;
  private final TimeSource time;

  /** One supplier for each place of tokens: it is what exports share their quota by. */
  private final Map<SecretReference, Supplier<String>> tokens = new ConcurrentHashMap<>();

  Accounts(SecretStore secrets, UnaryOperator<KlaviyoConnection> settings, TimeSource time) {
    this.secrets = secrets;
    this.settings = settings;
    this.time = time;
  }

  /** Reads the credentials, as they are at this moment. */
  KlaviyoConnection open(Connection connection) {
    SecretReference reference = connection.definition().credentials();
    try {
      return settings.apply(
          switch (connection.definition().kind()) {
            case API_KEY -> KlaviyoConnection.of(ApiKey.of(read(reference)));
            case OAUTH_TOKEN -> {
              ApiKey.of(read(reference));
              yield KlaviyoConnection.oauth(
                  tokens.computeIfAbsent(reference, place -> () -> read(place)));
            }
          });
    } catch (UnreadableException | IllegalArgumentException unusable) {
      // Without its cause: what a secret store throws may hold more than its message says.
      throw new CatalogException(
          Reason.CREDENTIALS_UNREADABLE,
          "The credentials of connection "
              + words(connection)
              + " cannot be used: an administrator has to mend them.",
          keptIn(connection) + ": " + withoutFullStop(String.valueOf(unusable.getMessage())) + ".",
          null);
    }
  }

  private static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  private String read(SecretReference reference) {
    try {
      return secrets.read(reference);
    } catch (IOException failure) {
      throw new UnreadableException(String.valueOf(failure.getMessage()));
    } catch (RuntimeException fault) {
      throw new UnreadableException("the secret store threw " + fault.getClass().getName());
    }
  }

  /**
   * Asks whether the credentials are good, and whose they are.
   *
   * @return {@code null} when they lack the scope to say whose
   */
  Connection.@Nullable Account verify(Connection connection) {
    try (KlaviyoAccess klaviyo = new KlaviyoAccess(open(connection), time)) {
      Reply<AccountInfo> account = ask(klaviyo, Klaviyo::account);
      if (account instanceof Refused<AccountInfo> refused
          && refused.status() == 403
          && !refused.edgeChallenge()) {
        // Klaviyo knows the key, and it need not be allowed to read the account to export.
        account = new Done<>(new AccountInfo("", null, null, null));
      }
      AccountInfo found = done(account, connection);
      done(ask(klaviyo, Klaviyo::lists), connection);
      return found.id().isEmpty()
          ? null
          : new Connection.Account(found.id(), found.name(), found.timezone(), found.test());
    }
  }

  /** Finds the list that a definition means, and what it is called. */
  ListInfo findList(Connection connection, ExportDefinition definition) {
    ListId id = definition.listId();
    String name = definition.listName();
    try (KlaviyoAccess klaviyo = new KlaviyoAccess(open(connection), time)) {
      if (id != null) {
        Reply<ListInfo> reply = ask(klaviyo, (asked, then) -> asked.findList(id, then));
        if (reply instanceof Refused<ListInfo> refused && refused.status() == 404) {
          throw new CatalogException(
              Reason.LIST_NOT_FOUND,
              "Klaviyo has no list "
                  + id
                  + " in the account of connection "
                  + words(connection)
                  + ": choose another list, or the connection to the account that has it.",
              refused.asException());
        }
        return done(reply, connection);
      }
      return only(
          ask(klaviyo, (asked, then) -> asked.listsNamed(String.valueOf(name), then)),
          String.valueOf(name),
          connection);
    }
  }

  private static ListInfo only(Reply<Page<ListInfo>> reply, String name, Connection connection) {
    // Compared here too: whether Klaviyo heeds upper and lower case is not documented.
    List<ListInfo> lists =
        done(reply, connection).items().stream().filter(list -> list.name().equals(name)).toList();
    if (lists.isEmpty()) {
      throw new CatalogException(
          Reason.LIST_NOT_FOUND,
          "Klaviyo has no list called '"
              + name
              + "' in the account of connection "
              + words(connection)
              + ": correct the name (upper and lower case count), or make the list in Klaviyo.");
    }
    if (lists.size() > 1) {
      throw new CatalogException(
          Reason.LIST_AMBIGUOUS,
          "Klaviyo has several lists called '"
              + name
              + "' ("
              + lists.stream().map(ListInfo::id).collect(Collectors.joining(", "))
              + "): choose one by its id.");
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

  private static <T> T done(Reply<T> reply, Connection connection) {
    if (reply instanceof Done<T> done) {
      return done.value();
    }
    if (reply instanceof Refused<T> refused) {
      throw refused(refused, connection);
    }
    throw new CatalogException(
        Reason.KLAVIYO_UNAVAILABLE,
        "Klaviyo could not be asked through connection "
            + words(connection)
            + ": see the cause, and try again later.",
        ((Unanswered<T>) reply).failure());
  }

  private static CatalogException refused(Refused<?> refused, Connection connection) {
    if (refused.edgeChallenge()) {
      return new CatalogException(
          Reason.KLAVIYO_UNAVAILABLE,
          "Klaviyo's network edge answered with a page for browsers (403), so the credentials of"
              + " connection "
              + words(connection)
              + " were not looked at: try from another network address, or ask Klaviyo to allow"
              + " this one.",
          refused.asException());
    }
    return switch (refused.status()) {
      case 401 ->
          new CatalogException(
              Reason.CREDENTIALS_REFUSED,
              "Klaviyo does not know the credentials of connection "
                  + words(connection)
                  + " (401): they are incomplete, revoked or expired. An administrator has to put"
                  + " good ones in their place, or to point the connection to where good ones"
                  + " are.",
              keptIn(connection) + ".",
              refused.asException());
      case 403 ->
          new CatalogException(
              Reason.SCOPE_MISSING,
              "The credentials of connection "
                  + words(connection)
                  + " lack the scope for '"
                  + refused.endpoint().words()
                  + "' (403): exports need lists:read, lists:write, profiles:read and"
                  + " profiles:write; accounts:read is welcome.",
              refused.asException());
      default ->
          new CatalogException(
              Reason.KLAVIYO_UNAVAILABLE,
              "Klaviyo refused '"
                  + refused.endpoint().words()
                  + "' through connection "
                  + words(connection)
                  + " ("
                  + refused.status()
                  + "): see the cause for its error code.",
              refused.asException());
    };
  }

  /** A clause for administrators only. */
  static String keptIn(Connection connection) {
    return "They are kept in " + connection.definition().credentials();
  }

  static String words(Connection connection) {
    return "'" + connection.name() + "' (" + connection.id() + ")";
  }

  private static String withoutFullStop(String message) {
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
