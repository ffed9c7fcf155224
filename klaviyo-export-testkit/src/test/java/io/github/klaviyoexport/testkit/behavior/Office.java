package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * An organisation with three people, a vault, two segments and a Klaviyo account with two lists.
 *
 * <p>Runs happen on the thread that asks for them, so a test can look right after.
 */
final class Office implements AutoCloseable {
  static final Actor ADMINISTRATOR = Actor.administrator("kim");
  static final Actor CONTRIBUTOR = Actor.contributor("robin");
  static final Actor VIEWER = Actor.viewer("sam");
  static final String REFERENCE = "vault:klaviyo";
  static final FieldMapping MAPPING = FieldMapping.email("email").firstName("name");

  final VirtualTime time = VirtualTime.create();
  final FakeKlaviyo klaviyo;
  final Map<String, String> vault = new ConcurrentHashMap<>();
  final InMemorySegments segments =
      InMemorySegments.of("vip-eu", customer("c-1", "ada"), customer("c-2", "bo"))
          .segment("vip-us", List.of(customer("c-2", "bo"), customer("c-3", "cy")));
  final CatalogStore store;

  Office() {
    this(MemoryCatalogStore.create(), UnaryOperator.identity());
  }

  Office(CatalogStore store, UnaryOperator<FakeKlaviyoBuilder> account) {
    this.store = store;
    this.klaviyo =
        account
            .apply(FakeKlaviyo.builder().list("Y6nRLr", "VIP").list("QwErTy", "Newsletter"))
            .time(time)
            .start();
    vault.put("klaviyo", klaviyo.apiKey().value());
  }

  static CustomerProfile customer(String id, String name) {
    return CustomerProfile.of(id, Map.of("email", name + "@shop.example", "name", name));
  }

  /** A catalog of this organisation, to be fitted out; each is another process. */
  Catalog.Builder catalog() {
    return Catalog.builder()
        .store(store)
        .source(segments)
        .secrets(SecretStore.standard().with("vault", reference -> secret(reference.place())))
        .klaviyo(connection -> connection.transport(klaviyo.transport()))
        .time(time)
        .executor(Runnable::run);
  }

  private String secret(String name) throws IOException {
    String secret = vault.get(name);
    if (secret == null) {
      throw new IOException("the vault has no entry " + name);
    }
    return secret;
  }

  static ConnectionDefinition definition() {
    return ConnectionDefinition.apiKey("Klaviyo EU", REFERENCE);
  }

  /** A connection that can be used, by administrators. */
  static Connection connected(Catalog catalog) {
    return connected(catalog, definition());
  }

  static Connection connected(Catalog catalog, ConnectionDefinition definition) {
    String id = catalog.add(ADMINISTRATOR, definition).id();
    catalog.accept(ADMINISTRATOR, id);
    return catalog.connect(ADMINISTRATOR, id);
  }

  static ExportDefinition exportOn(Connection connection) {
    return ExportDefinition.named("VIPs for the newsletter")
        .connection(connection.id())
        .listNamed("VIP")
        .segments("vip-eu", "vip-us")
        .mapping(MAPPING);
  }

  static SavedExport saved(Catalog catalog) {
    return catalog.save(ADMINISTRATOR, exportOn(connected(catalog)));
  }

  /** Returns how many requests with profiles have reached Klaviyo. */
  long sent() {
    return klaviyo.requests(Operation.BULK_IMPORT_PROFILES).size();
  }

  @Override
  public void close() {
    klaviyo.close();
  }

  /** Asserts that the catalog refuses something for a reason, in words that have these parts. */
  static void assertRefused(ThrowingCallable action, Reason reason, String... parts) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            CatalogException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .satisfies(failure -> assertThat(List.of(parts)).allMatch(failure.getMessage()::contains));
  }
}
