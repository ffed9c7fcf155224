package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static io.github.klaviyoexport.testkit.behavior.Office.saved;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.SavedExport;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program forgets to pass to a catalog is named, and blamed on nobody else. */
@Timeout(60)
@SuppressWarnings("NullAway")
class MissingArgumentsTest {
  private static void missing(String parameter, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(parameter);
  }

  @Test
  void each_argument_that_is_null_is_named() {
    try (Office office = new Office();
        Catalog catalog = office.catalog().build()) {
      SavedExport export = saved(catalog);
      String id = export.id();
      String connectionId = export.definition().connection();
      var connection = catalog.connection(ADMINISTRATOR, connectionId);

      missing("exportId", () -> catalog.export(ADMINISTRATOR, null));
      missing("exportId", () -> catalog.history(ADMINISTRATOR, null));
      missing("exportId", () -> catalog.run(ADMINISTRATOR, null));
      missing("exportId", () -> catalog.preview(ADMINISTRATOR, null));
      missing("exportId", () -> catalog.duplicate(ADMINISTRATOR, null, "Copy"));
      missing("exportId", () -> catalog.detach(ADMINISTRATOR, null));
      missing("exportId", () -> catalog.attach(ADMINISTRATOR, null, connectionId));
      missing("exportId", () -> catalog.removeExport(ADMINISTRATOR, null));
      missing("connectionId", () -> catalog.connection(ADMINISTRATOR, null));
      missing("connectionId", () -> catalog.accept(ADMINISTRATOR, null));
      missing("connectionId", () -> catalog.connect(ADMINISTRATOR, null));
      missing("connectionId", () -> catalog.removeConnection(ADMINISTRATOR, null));
      missing("connectionId", () -> catalog.attach(ADMINISTRATOR, id, null));
      missing("runId", () -> catalog.run(null));
      missing("runId", () -> catalog.await(null));
      missing("runId", () -> catalog.cancel(ADMINISTRATOR, null));
      missing("name", () -> catalog.duplicate(ADMINISTRATOR, id, null));
      missing("definition", () -> catalog.save(ADMINISTRATOR, null));
      missing("definition", () -> catalog.edit(ADMINISTRATOR, export, null));
      missing("seen", () -> catalog.edit(ADMINISTRATOR, null, export.definition()));
      missing("definition", () -> catalog.add(ADMINISTRATOR, null));
      missing("definition", () -> catalog.edit(ADMINISTRATOR, connection, null));
      missing("seen", () -> catalog.edit(ADMINISTRATOR, null, connection.definition()));
      missing("actor", () -> catalog.run(null, id));
      missing("actor", () -> catalog.runAll(null));
      missing("actor", () -> catalog.save(null, export.definition()));
      missing("actor", () -> catalog.connections(null));
      missing("administrator", () -> catalog.add(null, connection.definition()));
      missing("atMost", () -> catalog.close(null));
      catalog.close(Duration.ofSeconds(Long.MAX_VALUE));
    }
  }
}
