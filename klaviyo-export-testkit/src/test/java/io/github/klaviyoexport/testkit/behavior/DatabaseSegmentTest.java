package io.github.klaviyoexport.testkit.behavior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.Postgres;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A segment in a PostgreSQL reaches a list, and its connections come back whatever happens. */
class DatabaseSegmentTest {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final int CUSTOMERS = 2_500;

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).jobDuration(Duration.ofSeconds(30)).start();
  private final AtomicInteger lent = new AtomicInteger();
  private DataSource database;

  @BeforeEach
  void fills_the_table() throws SQLException {
    String name = "behavior" + DATABASES.incrementAndGet();
    run(Postgres.server().getPostgresDatabase(), "create database " + name);
    DataSource real = Postgres.server().getDatabase("postgres", name);
    run(
        real,
        "create table customers (id int primary key, email text, ltv numeric(9,2),"
            + " tags text[], address jsonb, joined timestamptz, photo bytea)",
        "insert into customers select n, 'c' || n || '@shop.example', n / 4.0, array['a', 'b'],"
            + " '{\"city\": \"Helsinki\"}', timestamptz '2026-03-29 09:00+02' from"
            + " generate_series(1, "
            + CUSTOMERS
            + ") n");
    database = counted(real);
  }

  private static void run(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The database, counting connections that are out. */
  private DataSource counted(DataSource real) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Connection connection = real.getConnection();
              lent.incrementAndGet();
              return counted(connection);
            });
  }

  private Connection counted(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                lent.decrementAndGet();
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            });
  }

  @AfterEach
  void closes_the_account() {
    klaviyo.close();
    assertThat(lent).as("connections that are out").hasValue(0);
  }

  private List<JdbcSource> bothWays(String query) {
    JdbcSource source = JdbcSource.of(database, query).pageSize(100);
    return List.of(source, source.orderedBy("id"));
  }

  private SegmentExporter exporter(JdbcSource source) {
    return SegmentExporter.builder()
        .source(source)
        .klaviyo(klaviyo.connection())
        .mapping(
            FieldMapping.email("email")
                .property("ltv")
                .property("tags")
                .property("address")
                .property("joined")
                .property("photo"))
        .time(time)
        .build();
  }

  @Test
  void types_of_the_database_are_types_of_klaviyo() throws Exception {
    run(database, "update customers set photo = 'a' where id = 17");
    for (JdbcSource source : bothWays("select * from customers")) {
      try (SegmentExporter exporter = exporter(source)) {
        ExportReport report = exporter.export(SEGMENT, klaviyo.listId());

        assertThat(report.profiles().accepted()).isEqualTo(CUSTOMERS);
        assertThat(report.rejections().first())
            .singleElement()
            .satisfies(
                rejection -> {
                  assertThat(rejection.customerId()).isEqualTo("17");
                  assertThat(rejection.field()).isEqualTo("photo");
                  assertThat(rejection.reason()).isEqualTo(Rejection.Reason.UNREADABLE_IN_SOURCE);
                });
      }
    }
    assertThat(klaviyo.list().profile("c2@shop.example").orElseThrow().get("properties"))
        .hasToString(
            "{ltv=0.5, tags=[a, b], address={city=Helsinki}, joined=2026-03-29T07:00:00Z}");
  }

  @Test
  void no_connection_is_held_while_klaviyo_is_slow_if_there_is_an_order() {
    List<Integer> heldMeanwhile = new ArrayList<>();
    JdbcSource source =
        JdbcSource.of(database, "select * from customers").orderedBy("id").pageSize(100);
    try (SegmentExporter exporter = exporter(source)) {
      exporter
          .prepare(SEGMENT, klaviyo.listId())
          .listener(
              onProgress(
                  progress -> {
                    // On a busy machine a page may take longer than an export waits in place.
                    if (progress.waitingFor().filter(what -> what.contains("source")).isEmpty()) {
                      heldMeanwhile.add(lent.get());
                    }
                  }))
          .run();
    }
    assertThat(heldMeanwhile).isNotEmpty().containsOnly(0);
  }

  private static ExportListener onProgress(Consumer<ExportProgress> action) {
    return new ExportListener() {
      @Override
      public void progressed(ExportProgress progress) {
        action.accept(progress);
      }
    };
  }

  @Test
  void connections_are_back_after_a_limit_a_failure_and_a_cancelled_export() {
    for (JdbcSource source : bothWays("select * from customers")) {
      try (SegmentExporter exporter = exporter(source)) {
        assertStops(exporter, 300, Reason.LIMIT_EXCEEDED);
        klaviyo.script(Operation.GET_LIST, Fault.answered(401, Map.of(), ""));
        assertStops(exporter, CUSTOMERS, Reason.UNAUTHORIZED);

        CompletableFuture<ExportRun> run = new CompletableFuture<>();
        run.complete(
            exporter
                .prepare(SEGMENT, klaviyo.listId())
                .listener(onProgress(progress -> run.join().cancel()))
                .start());
        assertThat(run.join().report().toCompletableFuture()).failsWithin(Duration.ofMinutes(1));
        assertThat(lent).as("after it was cancelled").hasValue(0);
      }
    }
    for (JdbcSource source : bothWays("select *, 1 / (2000 - id) as share from customers")) {
      try (SegmentExporter exporter = exporter(source)) {
        assertStops(exporter, CUSTOMERS, Reason.SOURCE_FAILED);
      }
    }
  }

  private void assertStops(SegmentExporter exporter, int limit, Reason reason) {
    assertThatThrownBy(() -> exporter.prepare(SEGMENT, klaviyo.listId()).limit(limit).run())
        .isInstanceOfSatisfying(
            ExportException.class,
            stopped -> assertThat(stopped.reason()).as(stopped.getMessage()).isEqualTo(reason));
    assertThat(lent).as("after %s", reason).hasValue(0);
  }

  @Test
  void an_export_that_stopped_goes_on_where_it_stood() throws Exception {
    JdbcSource source = JdbcSource.of(database, "select * from customers").orderedBy("id");
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(source.pageSize(100))
            .klaviyo(klaviyo.connection())
            .mapping(FieldMapping.email("email"))
            .journal(MemoryJournal.create())
            .time(time)
            .build()) {
      assertThatThrownBy(() -> exporter.prepare(SEGMENT, klaviyo.listId()).limit(1_500).run())
          .isInstanceOf(ExportException.class);
      String unfinished = exporter.unfinishedRun(SEGMENT, klaviyo.listId()).orElseThrow();
      // Nobody reads the first half again.
      run(database, "update customers set email = null where id <= 1500");

      ExportReport report = exporter.resume(unfinished);

      assertThat(report.profiles().read()).isEqualTo(CUSTOMERS);
      assertThat(report.profiles().accepted()).isEqualTo(CUSTOMERS);
    }
    assertThat(klaviyo.list().size()).isEqualTo(CUSTOMERS);
  }

  @Test
  void what_changed_is_exported_alone_and_not_mirrored() throws Exception {
    run(
        database,
        "update customers set joined = timestamptz '2026-03-30 00:00+00' where id > 2490");
    JdbcSource changed =
        JdbcSource.of(database, "select * from customers")
            .orderedBy("id")
            .modifiedAt("joined")
            .changedSince(Instant.parse("2026-03-29T12:00:00Z"));
    try (SegmentExporter exporter = exporter(changed)) {
      assertThat(exporter.export(SEGMENT, klaviyo.listId()).profiles().accepted()).isEqualTo(10);
      assertThatThrownBy(
              () -> exporter.prepare(SEGMENT, klaviyo.listId()).mode(SyncMode.MIRROR).run())
          .isInstanceOf(ExportException.class)
          .hasMessageContaining("gives a part of the segment only");
    }
  }
}
