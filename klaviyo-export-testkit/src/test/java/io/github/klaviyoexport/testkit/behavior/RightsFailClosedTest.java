package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Actor.Role;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.MemoryCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.SavedExport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be read, or is gone, gives nobody a right: every action, role and state. */
@Timeout(60)
class RightsFailClosedTest {
  /** A state of the connection; one that contributors may use unless it is said to be closed. */
  private enum OfConnection {
    SHARED(true, json -> json),
    UNSHARED(
        false,
        json ->
            json.replace(
                "\"shared_with_contributors\":true", "\"shared_with_contributors\":false")),
    MISSING(false, json -> null),
    DAMAGED(false, json -> "{"),
    NEWER_FORMAT(false, json -> json.replace("\"format\":1", "\"format\":2")),
    FAILING(false, json -> json),
    BEING_REMOVED(true, json -> json.replace("\"removing\":false", "\"removing\":true")),
    NOT_ACCEPTED(true, json -> json.replaceFirst("\"consent\":\\{[^}]*},", "")),
    DISCONNECTED(true, json -> json.replaceFirst("\"connected_at\":\"[^\"]*\",", ""));

    final boolean open;
    final UnaryOperator<@Nullable String> change;

    OfConnection(boolean open, UnaryOperator<@Nullable String> change) {
      this.open = open;
      this.change = change;
    }
  }

  private enum OfExport {
    ATTACHED,
    DETACHED,
    DAMAGED
  }

  /** Who may do something, when all can be read. */
  private enum For {
    ADMINISTRATORS,
    MANAGERS_OF_THE_EXPORT,
    USERS_OF_THE_CONNECTION,
    EVERYBODY
  }

  private interface Action {
    void by(Actor actor, Scene scene);
  }

  private record Line(String words, For whom, Action action) {
    @Override
    public String toString() {
      return words;
    }
  }

  private static final List<Line> TABLE =
      List.of(
          new Line("add", For.ADMINISTRATORS, (a, s) -> s.catalog.add(a, other("New"))),
          new Line("accept", For.ADMINISTRATORS, (a, s) -> s.catalog.accept(a, s.connection.id())),
          new Line(
              "connect", For.ADMINISTRATORS, (a, s) -> s.catalog.connect(a, s.connection.id())),
          new Line(
              "edit a connection",
              For.ADMINISTRATORS,
              (a, s) -> s.catalog.edit(a, s.connection, definition().name("X"))),
          new Line(
              "remove a connection",
              For.ADMINISTRATORS,
              (a, s) -> s.catalog.removeConnection(a, s.connection.id())),
          new Line(
              "see a connection",
              For.ADMINISTRATORS,
              (a, s) -> s.catalog.connection(a, s.connection.id())),
          new Line("list connections", For.EVERYBODY, (a, s) -> s.catalog.connections(a)),
          new Line("see exports", For.EVERYBODY, (a, s) -> s.catalog.export(a, s.export.id())),
          new Line("list exports", For.EVERYBODY, (a, s) -> s.catalog.exports(a)),
          new Line("see the history", For.EVERYBODY, (a, s) -> s.catalog.history(a, s.export.id())),
          new Line(
              "save",
              For.USERS_OF_THE_CONNECTION,
              (a, s) -> s.catalog.save(a, exportOn(s.connection).name("Another"))),
          new Line(
              "edit",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.edit(a, s.export, s.export.definition().limit(7))),
          new Line(
              "edit onto another connection",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.edit(a, s.export, exportOn(s.shared))),
          new Line(
              "duplicate",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.duplicate(a, s.export.id(), "Copy")),
          new Line(
              "detach", For.MANAGERS_OF_THE_EXPORT, (a, s) -> s.catalog.detach(a, s.export.id())),
          new Line(
              "attach to the same connection",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.attach(a, s.export.id(), s.connection.id())),
          new Line(
              "attach to another connection",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.attach(a, s.export.id(), s.shared.id())),
          new Line(
              "remove",
              For.MANAGERS_OF_THE_EXPORT,
              (a, s) -> s.catalog.removeExport(a, s.export.id())),
          new Line("run", For.MANAGERS_OF_THE_EXPORT, (a, s) -> s.catalog.run(a, s.export.id())),
          new Line("cancel", For.MANAGERS_OF_THE_EXPORT, (a, s) -> s.catalog.cancel(a, s.run.id())),
          new Line("run all", For.MANAGERS_OF_THE_EXPORT, RightsFailClosedTest::runAll));

  private static ConnectionDefinition other(String name) {
    return ConnectionDefinition.apiKey(name, Office.REFERENCE);
  }

  /** Of all, those that may not be managed are left out; this one is to be told as a refusal. */
  private static void runAll(Actor actor, Scene scene) {
    if (scene.catalog.runAll(actor).isEmpty()) {
      throw new CatalogException(Reason.NOT_ALLOWED, "Nothing was run.");
    }
  }

  /** A store whose connections cannot be read for a while. */
  private static final class FailingStore implements CatalogStore {
    private final CatalogStore kept = MemoryCatalogStore.create();
    boolean fails;

    @Override
    public List<Entry> list(Kind kind, String idPrefix) {
      check(kind);
      return kept.list(kind, idPrefix);
    }

    @Override
    public Optional<Entry> find(Kind kind, String id) {
      check(kind);
      return kept.find(kind, id);
    }

    private void check(Kind kind) {
      if (fails && kind == Kind.CONNECTION) {
        throw new CatalogException(Reason.STORE_FAILED, "The disk is gone.");
      }
    }

    @Override
    public Outcome put(Entry entry) {
      return kept.put(entry);
    }

    @Override
    public boolean remove(Kind kind, String id, long version) {
      return kept.remove(kind, id, version);
    }

    @Override
    public String setAside(Kind kind, String id) {
      return kept.setAside(kind, id);
    }
  }

  /** An administrator's export in some state, on a connection in some state, with a run. */
  private static final class Scene implements AutoCloseable {
    final FailingStore store = new FailingStore();
    final Office office = new Office(store, account -> account);
    final Queue<Runnable> waiting = new ArrayDeque<>();
    final Catalog catalog = office.catalog().executor(waiting::add).build();
    final Connection shared = connected(catalog, other("Shared").sharedWithContributors(true));
    final Connection connection = connected(catalog, definition().sharedWithContributors(true));
    final SavedExport export;
    final RunRecord run;

    Scene(OfConnection ofConnection, OfExport ofExport, boolean running) {
      SavedExport saved = catalog.save(ADMINISTRATOR, exportOn(connection));
      run = catalog.run(ADMINISTRATOR, saved.id());
      if (!running || ofExport == OfExport.DETACHED) {
        drain();
      }
      rewrite(Kind.CONNECTION, connection.id(), ofConnection.change);
      if (ofExport == OfExport.DETACHED) {
        saved = catalog.detach(ADMINISTRATOR, saved.id());
      }
      if (ofExport == OfExport.DAMAGED) {
        rewrite(Kind.EXPORT, saved.id(), json -> "[");
      }
      export = saved;
      store.fails = ofConnection == OfConnection.FAILING;
    }

    private void rewrite(Kind kind, String id, UnaryOperator<@Nullable String> change) {
      Entry entry = store.find(kind, id).orElseThrow();
      String json = change.apply(entry.json());
      if (json == null) {
        store.remove(kind, id, entry.version());
      } else {
        store.put(new Entry(kind, id, entry.version() + 1, entry.uniqueName(), json));
      }
    }

    /** All that is kept, but for what is damaged, which is set aside by looking at it. */
    List<Entry> kept() {
      List<Entry> kept = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        store.kept.list(kind, "").stream()
            .filter(entry -> entry.json().length() > 1)
            .forEach(kept::add);
      }
      return kept;
    }

    private void drain() {
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }

    @Override
    public void close() {
      store.fails = false;
      drain();
      catalog.close();
      office.close();
    }
  }

  static Stream<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Line line : TABLE) {
      for (OfConnection connection : OfConnection.values()) {
        for (OfExport export : OfExport.values()) {
          for (Actor actor : List.of(ADMINISTRATOR, CONTRIBUTOR, VIEWER)) {
            cells.add(Arguments.of(line, actor, connection, export));
          }
        }
      }
    }
    return cells.stream();
  }

  private static boolean mayDo(Line line, Actor actor, OfConnection connection, OfExport export) {
    return switch (line.whom) {
      case EVERYBODY -> true;
      case ADMINISTRATORS -> actor.role() == Role.ADMINISTRATOR;
      case USERS_OF_THE_CONNECTION ->
          actor.role() == Role.ADMINISTRATOR || actor.role() == Role.CONTRIBUTOR && connection.open;
      case MANAGERS_OF_THE_EXPORT ->
          actor.role() == Role.ADMINISTRATOR
              || actor.role() == Role.CONTRIBUTOR && connection.open && export != OfExport.DAMAGED;
    };
  }

  @ParameterizedTest(name = "{0} by {1}, connection {2}, export {3}")
  @MethodSource("cells")
  void who_may_do_what(Line line, Actor actor, OfConnection connection, OfExport export) {
    try (Scene scene = new Scene(connection, export, line.words.equals("cancel"))) {
      List<Entry> before = scene.kept();
      int waiting = scene.waiting.size();
      CatalogException refusal = null;
      try {
        line.action.by(actor, scene);
      } catch (CatalogException failure) {
        refusal = failure;
      }

      if (!mayDo(line, actor, connection, export)) {
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason())
            .isIn(
                Reason.NOT_ALLOWED,
                Reason.NEWER_FORMAT,
                Reason.DAMAGED,
                Reason.UNKNOWN_ID,
                Reason.STORE_FAILED);
        assertThat(refusal.getMessage()).as("where the store is").doesNotContain("memory");
        assertThat(scene.kept()).isEqualTo(before);
        assertThat(scene.waiting).as("started").hasSize(waiting);
      } else if (refusal != null && !line.words.equals("run all")) {
        assertThat(refusal.reason()).isNotEqualTo(Reason.NOT_ALLOWED);
      }
    }
  }

  @ParameterizedTest(name = "by {0}")
  @MethodSource("others")
  void what_was_detached_from_a_connection_that_is_not_shared_stays_the_administrators(
      Actor actor) {
    try (Scene scene = new Scene(OfConnection.UNSHARED, OfExport.DETACHED, false)) {
      Catalog catalog = scene.catalog;
      SavedExport copy = catalog.duplicate(ADMINISTRATOR, scene.export.id(), "Copy");
      SavedExport edited =
          catalog.edit(ADMINISTRATOR, scene.export, scene.export.definition().limit(9));
      catalog.removeConnection(ADMINISTRATOR, scene.connection.id());

      for (SavedExport export : List.of(edited, copy)) {
        assertThatThrownBy(() -> catalog.attach(actor, export.id(), scene.shared.id()))
            .isInstanceOfSatisfying(
                CatalogException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.NOT_ALLOWED))
            .hasMessageContaining("administrator");
      }

      SavedExport attached = catalog.attach(ADMINISTRATOR, edited.id(), scene.shared.id());
      assertThat(attached.definition().connection()).isEqualTo(scene.shared.id());
    }
  }

  static Stream<Actor> others() {
    return Stream.of(CONTRIBUTOR, VIEWER);
  }

  @Test
  void a_contributor_detaches_and_attaches_what_is_on_a_shared_connection() {
    try (Scene scene = new Scene(OfConnection.SHARED, OfExport.ATTACHED, false)) {
      Catalog catalog = scene.catalog;
      catalog.detach(CONTRIBUTOR, scene.export.id());

      SavedExport attached = catalog.attach(CONTRIBUTOR, scene.export.id(), scene.shared.id());

      assertThat(attached.definition().connection()).isEqualTo(scene.shared.id());
    }
  }
}
