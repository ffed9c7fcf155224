package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every line of code in the README's table of the administrator's steps is run here, in order. */
class ReadmeCatalogTest {
  private static final Pattern CODE = Pattern.compile("`([^`]*;)`");
  private static final Path THIS =
      Path.of("src/test/java/io/github/klaviyoexport/testkit/ReadmeCatalogTest.java");

  @Test
  void every_line_of_the_table_is_run_here_and_in_that_order() throws IOException {
    String here = squeezed(Files.readString(THIS));
    String table = Files.readString(Path.of("..", "README.md"));
    Matcher lines = CODE.matcher(table.substring(table.indexOf("## For administrators")));
    List<String> missing = new ArrayList<>();
    int found = 0;
    int from = 0;
    while (lines.find()) {
      found++;
      String line = squeezed(lines.group(1));
      int at = here.indexOf(line, from);
      if (at < 0) {
        missing.add(lines.group(1));
      } else {
        from = at + line.length();
      }
    }
    assertThat(found).as("lines found in the table").isGreaterThan(18);
    assertThat(missing).as("lines that are not run here").isEmpty();
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void the_steps_lead_where_they_should(@TempDir Path directory) throws IOException {
    InMemorySegments segments =
        InMemorySegments.of(
            "vip-eu", CustomerProfile.of("c-1", Map.of("email", "ada@shop.example")));
    try (FakeKlaviyo fake = FakeKlaviyo.builder().start()) {
      UnaryOperator<KlaviyoConnection> reach = connection -> connection.transport(fake.transport());
      Path keyFile = Files.writeString(directory.resolve("key"), fake.apiKey().value());
      Path otherKeyFile = Files.writeString(directory.resolve("other"), fake.apiKey().value());
      Actor robin = Actor.contributor("robin");
      Actor sam = Actor.viewer("sam");

      Catalog catalog =
          Catalog.builder()
              .store(FileCatalogStore.in(directory))
              .source(segments)
              .klaviyo(reach)
              .build();
      Actor kim = Actor.administrator("kim");
      Connection added =
          catalog.add(kim, ConnectionDefinition.apiKey("Klaviyo EU", "file:" + keyFile));
      catalog.accept(kim, added.id());
      Connection klaviyo = catalog.connect(kim, added.id());
      klaviyo = catalog.edit(kim, klaviyo, klaviyo.definition().sharedWithContributors(true));
      ExportDefinition vips =
          ExportDefinition.named("VIPs")
              .connection(klaviyo.id())
              .listNamed("VIP")
              .segments("vip-eu")
              .mapping(FieldMapping.email("email"));
      SavedExport export = catalog.save(robin, vips);
      export =
          catalog.edit(
              robin,
              export,
              vips.schedule(
                  Schedule.daily("Europe/Helsinki", LocalTime.of(6, 0)).andEveryRefresh()));
      export =
          catalog.edit(robin, export, export.definition().mode(SyncMode.MIRROR).maxLeavers(0.1));
      ExportPreview preview = catalog.preview(robin, export.id());
      assertThat(preview.stopReason()).isNull();
      CatalogScheduler scheduler = CatalogScheduler.start(catalog);
      List<RunRecord> refreshed = catalog.refresh();
      assertThat(catalog.await(refreshed.get(0).id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      RunRecord run = catalog.run(robin, export.id());
      catalog.await(run.id());
      List<RunRecord> all = catalog.runAll(robin);
      assertThat(catalog.await(all.get(0).id()).status()).isEqualTo(RunStatus.SUCCESSFUL);
      List<RunRecord> history = catalog.history(sam, export.id());
      assertThat(history).hasSize(4);
      try {
        catalog.cancel(robin, run.id());
      } catch (CatalogException ended) {
        assertThat(ended.reason()).isEqualTo(CatalogException.Reason.ENDED);
      }
      SavedExport copy = catalog.duplicate(robin, export.id(), "VIPs again");
      catalog.detach(robin, export.id());
      catalog.attach(robin, export.id(), klaviyo.id());
      catalog.removeExport(robin, copy.id());
      klaviyo =
          catalog.edit(kim, klaviyo, klaviyo.definition().credentials("file:" + otherKeyFile));
      catalog.detach(kim, export.id());
      catalog.removeConnection(kim, klaviyo.id());

      assertThat(catalog.connections(sam)).isEmpty();
      assertThat(fake.list().emails()).containsExactly("ada@shop.example");
      scheduler.close();
      catalog.close();
    }
  }
}
