package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets are read when they are needed, and neither they nor personal data go anywhere else. */
@Timeout(60)
class CatalogSecretsTest {
  private final Office office = new Office();

  @AfterEach
  void close() {
    office.close();
  }

  /** A listener whose complaints name a key and a customer. */
  private static final class Talkative implements CatalogListener {
    @Override
    public void ended(RunRecord run) {
      throw new IllegalStateException("pk_canary of ada@shop.example");
    }
  }

  @Test
  void neither_keys_nor_personal_data_reach_the_store_the_history_or_the_log(
      @TempDir Path directory) throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler logs = logsInto(logged);
    Logger ours = Logger.getLogger("io.github.klaviyoexport");
    Level before = ours.getLevel();
    ours.addHandler(logs);
    ours.setLevel(Level.ALL);
    try (Office mine = new Office(FileCatalogStore.in(directory), account -> account);
        Catalog catalog = mine.catalog().listener(new Talkative()).build()) {
      mine.klaviyo.failProfiles("ada@shop.example");
      SavedExport export = saved(catalog);
      catalog.refresh();
      mine.vault.put("klaviyo", "pk_canary_" + "x".repeat(20));
      catalog.refresh();
      mine.vault.put("klaviyo", "pk canary with spaces");
      catalog.refresh();
      assertThat(catalog.history(VIEWER, export.id()))
          .extracting(RunRecord::status)
          .containsExactlyInAnyOrder(
              RunStatus.PARTLY_SUCCESSFUL, RunStatus.FAILED_PERMANENTLY, RunStatus.FAILED);

      List<String> seen = new ArrayList<>(logged);
      seen.add(catalog.history(VIEWER, export.id()).toString());
      try (var files = Files.walk(directory).filter(Files::isRegularFile)) {
        for (Path file : files.toList()) {
          seen.add(Files.readString(file));
        }
      }
      assertThat(logged).anyMatch(line -> line.contains("threw java.lang.IllegalStateException"));
      assertThat(seen)
          .allSatisfy(
              text ->
                  assertThat(text)
                      .doesNotContain(
                          mine.klaviyo.apiKey().value(),
                          "canary",
                          "\"ada\"",
                          "@shop.example",
                          "\"bo\""));
    } finally {
      ours.removeHandler(logs);
      ours.setLevel(before);
    }
  }

  private static Handler logsInto(List<String> lines) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            lines.add(new SimpleFormatter().format(entry));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    return handler;
  }

  @Test
  void oauth_tokens_are_read_anew_before_each_call_and_once_more_when_refused() {
    List<String> good = new CopyOnWriteArrayList<>(List.of("token-1"));
    KlaviyoTransport bearer =
        request -> {
          String token = request.headers().get("Authorization").replace("Bearer ", "");
          if (!good.contains(token)) {
            return CompletableFuture.completedFuture(
                KlaviyoResponse.of(401, Map.of(), new byte[0]));
          }
          Map<String, String> headers = new HashMap<>(request.headers());
          headers.put("Authorization", "Klaviyo-API-Key " + office.klaviyo.apiKey().value());
          return office
              .klaviyo
              .transport()
              .send(KlaviyoRequest.of(request.method(), request.uri(), headers, request.body()));
        };
    office.vault.put("token", "token-1");
    try (Catalog catalog =
        office.catalog().klaviyo(connection -> connection.transport(bearer)).build()) {
      SavedExport export =
          catalog.save(
              ADMINISTRATOR,
              exportOn(
                  connected(catalog, ConnectionDefinition.oauthToken("OAuth", "vault:token"))));
      good.set(0, "token-2");
      office.vault.put("token", "token-2");

      RunRecord run = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(run.status()).isEqualTo(RunStatus.SUCCESSFUL);

      good.set(0, "token-3");
      RunRecord refused = catalog.await(catalog.run(ADMINISTRATOR, export.id()).id());
      assertThat(refused.status()).isEqualTo(RunStatus.FAILED_PERMANENTLY);
      assertThat(refused.message()).contains("(401)");
    }
  }

  static Stream<Arguments> sealedVaults() {
    return Stream.of(
        Arguments.of(
            "vault is sealed",
            (SecretStore)
                reference -> {
                  throw new IOException("vault is sealed");
                }),
        Arguments.of(
            "the secret store threw",
            (SecretStore)
                reference -> {
                  throw new IllegalStateException("pk_canary");
                }),
        Arguments.of("is empty", (SecretStore) reference -> ""),
        Arguments.of("holds U+0020", (SecretStore) reference -> "no token"));
  }

  @ParameterizedTest
  @MethodSource("sealedVaults")
  void a_vault_that_fails_under_way_is_told_as_one_that_fails_at_the_start(
      String told, SecretStore sealed) {
    AtomicInteger left = new AtomicInteger();
    SecretStore failing =
        reference -> left.getAndDecrement() > 0 ? "token-0123456789" : sealed.read(reference);
    try (Office mine =
            new Office(
                MemoryCatalogStore.create(), account -> account.accessToken("token-0123456789"));
        Catalog catalog = mine.catalog().secrets(failing).build()) {
      left.set(Integer.MAX_VALUE);
      Connection connection =
          connected(catalog, ConnectionDefinition.oauthToken("OAuth", "vault:token"));
      SavedExport export = catalog.save(ADMINISTRATOR, exportOn(connection));

      for (int reads : List.of(0, 1, 2)) {
        left.set(reads);
        catalog.run(ADMINISTRATOR, export.id());
        RunRecord run = catalog.history(ADMINISTRATOR, export.id()).get(0);
        assertThat(run.status()).isEqualTo(RunStatus.FAILED);
        assertThat(run.message())
            .startsWith("The credentials of connection " + named(connection) + " cannot be used");
        assertThat(run.details()).startsWith("They are kept in vault:token: ").contains(told);
        assertThat(run.details()).doesNotContain("canary");
        mine.time.advance(Duration.ofSeconds(2));

        left.set(reads);
        assertThatThrownBy(() -> catalog.connect(ADMINISTRATOR, connection.id()))
            .isInstanceOfSatisfying(
                CatalogException.class,
                refused -> assertThat(refused.reason()).isEqualTo(Reason.CREDENTIALS_UNREADABLE))
            .hasMessageContaining("They are kept in vault:token: ")
            .hasMessageContaining(told);
      }
      left.set(1);
      assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("They are kept in vault:token: ")
          .hasMessageContaining(told);
    }
  }

  private static String named(Connection connection) {
    return "'" + connection.definition().name() + "' (" + connection.id() + ")";
  }

  @ParameterizedTest
  @MethodSource("wrongSettings")
  void settings_that_cannot_be_used_are_not_blamed_on_the_credentials(
      String told, UnaryOperator<KlaviyoConnection> wrong) {
    AtomicBoolean right = new AtomicBoolean(true);
    try (Catalog catalog =
        office
            .catalog()
            .klaviyo(
                connection ->
                    right.get()
                        ? connection.transport(office.klaviyo.transport())
                        : wrong.apply(connection))
            .build()) {
      SavedExport export = saved(catalog);
      right.set(false);

      catalog.run(ADMINISTRATOR, export.id());
      RunRecord run = catalog.history(ADMINISTRATOR, export.id()).get(0);
      assertThat(run.status()).isEqualTo(RunStatus.FAILED);
      assertThat(run.message())
          .contains("how Klaviyo is reached")
          .doesNotContain("credentials", "canary");
      assertThat(run.details()).contains(told).doesNotContain("canary");
      String connection = String.valueOf(export.definition().connection());
      assertThatThrownBy(() -> catalog.connect(ADMINISTRATOR, connection))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("how Klaviyo is reached")
          .hasMessageContaining(told);
      assertThatThrownBy(() -> catalog.preview(ADMINISTRATOR, export.id()))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("how Klaviyo is reached");
    }
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        arguments("more than 0 and at most 1", connection -> connection.share(2)),
        arguments(
            "use https", connection -> connection.baseUrl(URI.create("http://proxy.shop.example"))),
        arguments(
            "which the log names",
            connection -> {
              throw new IllegalStateException("canary");
            }),
        arguments("no connection", connection -> null));
  }

  private static Arguments arguments(String told, UnaryOperator<KlaviyoConnection> wrong) {
    return Arguments.of(told, wrong);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_run_that_is_interrupted_while_it_waits_for_a_secret_is_tried_again_unless_cancelled(
      boolean cancelled) {
    AtomicReference<Runnable> before = new AtomicReference<>(() -> {});
    Thread running = Thread.currentThread();
    SecretStore hanging =
        reference -> {
          before.get().run();
          return office.vault.get(reference.place());
        };
    try (Catalog catalog = office.catalog().secrets(hanging).build()) {
      SavedExport export = saved(catalog);
      before.set(
          () -> {
            RunRecord run = catalog.history(VIEWER, export.id()).get(0);
            if (cancelled) {
              catalog.cancel(ADMINISTRATOR, run.id());
            }
            running.interrupt();
            LockSupport.parkNanos(Duration.ofSeconds(20).toNanos());
          });

      RunRecord run = catalog.run(ADMINISTRATOR, export.id());

      assertThat(Thread.interrupted()).isTrue();
      assertThat(catalog.run(run.id()).status())
          .isEqualTo(cancelled ? RunStatus.CANCELLED : RunStatus.FAILED);
    } finally {
      Thread.interrupted();
    }
  }
}
