package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.SecretReference;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;

/** The format of connections. */
final class ConnectionFormat extends CatalogFormat<ConnectionData> {
  ConnectionFormat() {
    super(Kind.CONNECTION);
  }

  @Override
  public String id(ConnectionData value) {
    return value.id();
  }

  @Override
  public long version(ConnectionData value) {
    return value.version();
  }

  @Override
  String name(ConnectionData value) {
    return value.name();
  }

  @Override
  void write(ConnectionData value, ObjectNode to) {
    write(value.definition(), to);
    if (value.consent() != null) {
      to.putObject("consent")
          .put("by", value.consent().by())
          .put("at", value.consent().at().toString())
          .put("notice", value.consent().notice());
    }
    JsonDocument.put(to, "connected_at", value.connectedAt());
    if (value.account() != null) {
      ObjectNode account = to.putObject("account").put("id", value.account().id());
      JsonDocument.put(account, "name", value.account().name());
      JsonDocument.put(account, "timezone", value.account().timezone());
      if (value.account().test() != null) {
        account.put("test", value.account().test());
      }
    }
    to.put("removing", value.removing());
    to.put("changed_by", value.changedBy());
    to.put("changed_at", value.changedAt().toString());
  }

  static void write(ConnectionDefinition definition, ObjectNode to) {
    to.put("name", definition.name());
    to.put("type", Connection.TYPE);
    to.put("kind", definition.kind().name());
    to.put("credentials", definition.credentials().toString());
    to.put("shared_with_contributors", definition.sharedWithContributors());
    JsonDocument.put(to, "export_user", definition.exportUser());
  }

  @Override
  ConnectionData read(JsonReader from, String id, long version) throws UnreadableException {
    JsonDocument.checkFormat(from);
    JsonReader consent = from.objectOrNull("consent");
    JsonReader account = from.objectOrNull("account");
    ConnectionData connection =
        new ConnectionData(
            id,
            definition(from),
            consent == null
                ? null
                : new ConsentData(consent.text("by"), consent.time("at"), consent.text("notice")),
            from.timeOrNull("connected_at"),
            account == null
                ? null
                : new AccountData(
                    account.text("id"),
                    account.textOrNull("name"),
                    account.textOrNull("timezone"),
                    account.flagOrNull("test")),
            from.flag("removing"),
            from.text("changed_by"),
            from.time("changed_at"),
            version);
    from.checkAllKnown();
    return connection;
  }

  static ConnectionDefinition definition(JsonReader from) throws UnreadableException {
    String type = from.textOrNull("type");
    if (type != null && !type.equals(Connection.TYPE)) {
      throw new UnreadableException("its 'type' is no system that this version knows");
    }
    String credentials = from.text("credentials");
    SecretReference reference = from.made("credentials", () -> SecretReference.of(credentials));
    ConnectionDefinition.Kind kind = from.value("kind", ConnectionDefinition.Kind::valueOf);
    String name = from.text("name");
    ConnectionDefinition definition =
        from.made(
            "name",
            () ->
                switch (kind) {
                  case API_KEY -> ConnectionDefinition.apiKey(name, reference.toString());
                  case OAUTH_TOKEN -> ConnectionDefinition.oauthToken(name, reference.toString());
                });
    ConnectionDefinition shared =
        definition.sharedWithContributors(
            Boolean.TRUE.equals(from.flagOrNull("shared_with_contributors")));
    String exportUser = from.textOrNull("export_user");
    return exportUser == null
        ? shared
        : from.made("export_user", () -> shared.exportUser(exportUser));
  }
}
