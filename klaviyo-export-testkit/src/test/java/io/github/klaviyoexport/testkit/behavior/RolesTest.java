package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.CONTRIBUTOR;
import static io.github.klaviyoexport.testkit.behavior.Office.VIEWER;
import static io.github.klaviyoexport.testkit.behavior.Office.connected;
import static io.github.klaviyoexport.testkit.behavior.Office.definition;
import static io.github.klaviyoexport.testkit.behavior.Office.exportOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may do what, as a table: every action against every role. */
class RolesTest {
  /** An organisation with a connection and an export on it. */
  private record Scene(Catalog catalog, Connection connection, SavedExport export) {}

  private interface Action {
    void by(Actor actor, Scene scene);
  }

  /**
   * One line of the table.
   *
   * @param shared whether contributors may on a connection that is shared with them
   * @param unshared whether they may on one that is not
   */
  private record Line(
      String words, boolean shared, boolean unshared, boolean viewer, Action action) {}

  private static final boolean YES = true;
  private static final boolean NO = false;

  private static final List<Line> TABLE =
      List.of(
          // action in words            | contributor, shared | not shared | viewer
          new Line("add connections", NO, NO, NO, (a, s) -> s.catalog.add(a, other())),
          new Line(
              "accept the data privacy notice",
              NO,
              NO,
              NO,
              (a, s) -> s.catalog.accept(a, s.connection.id())),
          new Line(
              "connect connections", NO, NO, NO, (a, s) -> s.catalog.connect(a, s.connection.id())),
          new Line(
              "edit connections",
              NO,
              NO,
              NO,
              (a, s) -> s.catalog.edit(a, s.connection, s.connection.definition().name("X"))),
          new Line("remove connections", NO, NO, NO, RolesTest::removeConnection),
          new Line(
              "see the details of connections",
              NO,
              NO,
              NO,
              (a, s) -> s.catalog.connection(a, s.connection.id())),
          new Line("list connections", YES, YES, YES, (a, s) -> s.catalog.connections(a)),
          new Line("see exports", YES, YES, YES, (a, s) -> s.catalog.export(a, s.export.id())),
          new Line("list exports", YES, YES, YES, (a, s) -> s.catalog.exports(a)),
          new Line("see history", YES, YES, YES, (a, s) -> s.catalog.history(a, s.export.id())),
          new Line(
              "save exports", YES, NO, NO, (a, s) -> s.catalog.save(a, exportOn(s.connection))),
          new Line(
              "edit exports",
              YES,
              NO,
              NO,
              (a, s) -> s.catalog.edit(a, s.export, s.export.definition().limit(7))),
          new Line(
              "duplicate exports",
              YES,
              NO,
              NO,
              (a, s) -> s.catalog.duplicate(a, s.export.id(), "Copy")),
          new Line("detach exports", YES, NO, NO, (a, s) -> s.catalog.detach(a, s.export.id())),
          new Line(
              "attach exports",
              YES,
              NO,
              NO,
              (a, s) -> s.catalog.attach(a, s.export.id(), s.connection.id())),
          new Line(
              "remove exports", YES, NO, NO, (a, s) -> s.catalog.removeExport(a, s.export.id())),
          new Line("run exports", YES, NO, NO, (a, s) -> s.catalog.run(a, s.export.id())),
          // Of all, those on connections that are not shared with them are left out.
          new Line("run exports", YES, YES, NO, (a, s) -> s.catalog.runAll(a)),
          new Line("cancel runs", YES, NO, NO, RolesTest::cancel));

  private static ConnectionDefinition other() {
    return ConnectionDefinition.apiKey("Klaviyo US", Office.REFERENCE);
  }

  private static void removeConnection(Actor actor, Scene scene) {
    if (actor.equals(ADMINISTRATOR)) {
      scene.catalog.removeExport(actor, scene.export.id());
    }
    scene.catalog.removeConnection(actor, scene.connection.id());
  }

  private static void cancel(Actor actor, Scene scene) {
    String run = scene.catalog.run(ADMINISTRATOR, scene.export.id()).id();
    try {
      scene.catalog.cancel(actor, run);
    } catch (CatalogException failure) {
      // It has ended already, which only those are told who may cancel it.
      if (failure.reason() != Reason.ENDED) {
        throw failure;
      }
    }
  }

  static Stream<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Line line : TABLE) {
      cells.add(Arguments.of(line, ADMINISTRATOR, false, true));
      cells.add(Arguments.of(line, CONTRIBUTOR, true, line.shared));
      cells.add(Arguments.of(line, CONTRIBUTOR, false, line.unshared));
      cells.add(Arguments.of(line, VIEWER, true, line.viewer));
    }
    return cells.stream();
  }

  @ParameterizedTest(name = "{0}, {1}, shared: {2}")
  @MethodSource("cells")
  void everyone_does_what_they_may_and_is_refused_the_rest(
      Line line, Actor actor, boolean shared, boolean allowed) {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Connection connection = connected(catalog, definition().sharedWithContributors(shared));
      Scene scene =
          new Scene(catalog, connection, catalog.save(ADMINISTRATOR, exportOn(connection)));

      if (allowed) {
        assertThatCode(() -> line.action.by(actor, scene)).doesNotThrowAnyException();
      } else {
        assertThatThrownBy(() -> line.action.by(actor, scene))
            .isInstanceOfSatisfying(
                CatalogException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.NOT_ALLOWED))
            .hasMessageContaining("As a " + (actor.equals(VIEWER) ? "viewer" : "contributor"))
            .hasMessageContaining("you may not " + line.words)
            .hasMessageContaining("administrator");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("contributors")
  void what_is_no_longer_shared_goes_on_running_and_is_managed_by_administrators(Actor actor) {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Connection connection = connected(catalog, definition().sharedWithContributors(true));
      SavedExport export = catalog.save(actor, exportOn(connection));

      catalog.edit(
          ADMINISTRATOR, connection, connection.definition().sharedWithContributors(false));

      assertThat(catalog.refresh()).hasSize(1);
      assertThatThrownBy(() -> catalog.run(actor, export.id()))
          .hasMessageContaining("'Klaviyo EU'")
          .hasMessageContaining("is for administrators only");
      assertThat(catalog.runAll(actor)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("contributors")
  void an_export_does_not_move_to_a_connection_that_is_not_shared(Actor actor) {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Connection shared = connected(catalog, definition().sharedWithContributors(true));
      Connection closed = connected(catalog, other());
      SavedExport export = catalog.save(actor, exportOn(shared));
      List<Runnable> ways =
          List.of(
              () -> catalog.attach(actor, export.id(), closed.id()),
              () -> catalog.edit(actor, export, exportOn(closed)));

      for (Runnable way : ways) {
        assertThatThrownBy(way::run)
            .isInstanceOfSatisfying(
                CatalogException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.NOT_ALLOWED))
            .hasMessageContaining("'Klaviyo US'");
      }
      assertThat(catalog.export(actor, export.id())).isEqualTo(export);
    }
  }

  static Stream<Actor> contributors() {
    return Stream.of(CONTRIBUTOR);
  }
}
