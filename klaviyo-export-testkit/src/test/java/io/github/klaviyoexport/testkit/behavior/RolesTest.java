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
import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
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
              "save exports",
              YES,
              NO,
              NO,
              (a, s) -> s.catalog.save(a, exportOn(s.connection).name("Another"))),
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

  /** Something that everybody else sees when an administrator's credentials are no good. */
  private record Sight(String words, Actor actor, Look look) {
    private interface Look {
      Object at(Scene scene) throws Exception;
    }

    /** All text that it shows, with the causes of what it throws. */
    String of(Scene scene) {
      try {
        return String.valueOf(look.at(scene));
      } catch (Exception failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
      }
    }

    @Override
    public String toString() {
      return words + " by " + actor.name();
    }
  }

  private static final List<Sight> SIGHTS =
      List.of(
          new Sight(
              "saving", CONTRIBUTOR, s -> s.catalog.save(CONTRIBUTOR, exportOn(s.connection))),
          new Sight(
              "editing",
              CONTRIBUTOR,
              s -> s.catalog.edit(CONTRIBUTOR, s.export, s.export.definition().limit(7))),
          new Sight(
              "duplicating",
              CONTRIBUTOR,
              s -> s.catalog.duplicate(CONTRIBUTOR, s.export.id(), "Copy")),
          new Sight(
              "attaching",
              CONTRIBUTOR,
              s -> s.catalog.attach(CONTRIBUTOR, s.export.id(), s.connection.id())),
          new Sight(
              "history after a run",
              CONTRIBUTOR,
              s -> {
                s.catalog.run(CONTRIBUTOR, s.export.id());
                return everything(s.catalog.history(CONTRIBUTOR, s.export.id()));
              }),
          new Sight(
              "history after a run",
              VIEWER,
              s -> {
                s.catalog.runAll(CONTRIBUTOR);
                return everything(s.catalog.history(VIEWER, s.export.id()));
              }),
          new Sight(
              "waiting for a run",
              CONTRIBUTOR,
              s -> {
                RunRecord run = s.catalog.run(CONTRIBUTOR, s.export.id());
                return everything(List.of(run, s.catalog.await(run.id()), s.catalog.run(run.id())));
              }));

  /** Each part of the records, also those that their toString leaves out. */
  private static String everything(List<RunRecord> runs) {
    return runs.stream()
        .map(run -> run + " " + run.message() + " " + run.details() + " " + run.report())
        .collect(Collectors.joining("\n"));
  }

  /**
   * What may be wrong with credentials.
   *
   * @param secret what the vault holds in their place; {@code null} for nothing
   * @param told what everybody is told
   */
  private record Trouble(@Nullable String secret, Reason reason, String told) {}

  private static final List<Trouble> TROUBLES =
      List.of(
          new Trouble(null, Reason.CREDENTIALS_UNREADABLE, "cannot be used"),
          new Trouble("pk with spaces", Reason.CREDENTIALS_UNREADABLE, "cannot be used"),
          new Trouble("pk_of_nobody", Reason.CREDENTIALS_REFUSED, "Klaviyo does not know the"));

  static Stream<Arguments> sights() {
    return SIGHTS.stream()
        .flatMap(sight -> TROUBLES.stream().map(trouble -> Arguments.of(sight, trouble)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("sights")
  void where_credentials_are_kept_is_shown_to_administrators_only(Sight sight, Trouble trouble) {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Scene scene = sceneWithCredentialsIn(office, catalog, "shelf-7");
      spoil(office, "shelf-7", trouble);

      assertThat(sight.of(scene))
          .contains(trouble.told)
          .doesNotContain("vault:", "shelf-7", "the vault", "holds a space");
    }
  }

  static Stream<Trouble> troubles() {
    return TROUBLES.stream();
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void administrators_are_told_where_bad_credentials_are_kept(Trouble trouble) {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Scene scene = sceneWithCredentialsIn(office, catalog, "shelf-7");
      spoil(office, "shelf-7", trouble);
      List<Runnable> ways =
          List.of(
              () -> catalog.save(ADMINISTRATOR, exportOn(scene.connection)),
              () -> catalog.connect(ADMINISTRATOR, scene.connection.id()));

      for (Runnable way : ways) {
        assertThatThrownBy(way::run)
            .isInstanceOfSatisfying(
                CatalogException.class,
                failure -> assertThat(failure.reason()).isEqualTo(trouble.reason))
            .hasMessageContaining(trouble.told)
            .hasMessageContaining("vault:shelf-7");
      }
      catalog.run(CONTRIBUTOR, scene.export.id());
      assertThat(catalog.history(ADMINISTRATOR, scene.export.id()))
          .singleElement()
          .satisfies(run -> assertThat(run.message()).contains(trouble.told))
          .satisfies(run -> assertThat(run.details()).contains("vault:shelf-7"));
    }
  }

  @Test
  void others_are_told_to_ask_an_administrator_about_credentials() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      Scene scene = sceneWithCredentialsIn(office, catalog, "shelf-7");
      office.vault.remove("shelf-7");
      String advice =
          "The credentials of connection 'Klaviyo EU' ("
              + scene.connection.id()
              + ") cannot be used: an administrator has to mend them.";

      assertThatThrownBy(() -> catalog.save(CONTRIBUTOR, exportOn(scene.connection)))
          .hasMessage(advice)
          .hasNoCause();
      catalog.run(CONTRIBUTOR, scene.export.id());
      assertThat(catalog.history(VIEWER, scene.export.id()))
          .singleElement()
          .satisfies(run -> assertThat(run.message()).isEqualTo(advice));
      assertThat(catalog.history(ADMINISTRATOR, scene.export.id()))
          .singleElement()
          .satisfies(run -> assertThat(run.message()).isEqualTo(advice))
          .satisfies(
              run ->
                  assertThat(run.details())
                      .isEqualTo(
                          "They are kept in vault:shelf-7: the vault has no entry shelf-7."));
    }
  }

  @Test
  void listeners_are_the_hosts_and_hear_the_details() {
    List<RunRecord> heard = new ArrayList<>();
    CatalogListener listener =
        new CatalogListener() {
          @Override
          public void ended(RunRecord run) {
            heard.add(run);
          }
        };
    try (Office office = new Office();
        Catalog catalog = office.catalog().listener(listener).build()) {
      Scene scene = sceneWithCredentialsIn(office, catalog, "shelf-7");
      office.vault.remove("shelf-7");

      catalog.run(CONTRIBUTOR, scene.export.id());

      assertThat(heard)
          .singleElement()
          .satisfies(run -> assertThat(run.details()).contains("vault:shelf-7"))
          // A line that may be shown to anybody.
          .satisfies(run -> assertThat(run.toString()).doesNotContain("shelf-7"));
    }
  }

  private static Scene sceneWithCredentialsIn(Office office, Catalog catalog, String place) {
    office.vault.put(place, office.klaviyo.apiKey().value());
    Connection connection =
        connected(catalog, definition().credentials("vault:" + place).sharedWithContributors(true));
    ExportDefinition daily =
        exportOn(connection).schedule(Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)));
    return new Scene(catalog, connection, catalog.save(ADMINISTRATOR, daily));
  }

  private static void spoil(Office office, String place, Trouble trouble) {
    if (trouble.secret == null) {
      office.vault.remove(place);
    } else {
      office.vault.put(place, trouble.secret);
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
