package example.shop.exports;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportServiceTest {
  @TempDir private Path directory;

  @Test
  void an_export_is_saved_refreshed_twice_and_its_history_shown() throws IOException {
    InMemorySegments segments =
        InMemorySegments.of(
            "vip-eu",
            CustomerProfile.of("c-1", Map.of("email", "ada@shop.example", "first_name", "Ada")));
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        ExportService service =
            new ExportService(
                directory.resolve("exports"),
                segments,
                connection -> connection.baseUrl(klaviyo.baseUrl()))) {
      Path key = Files.writeString(directory.resolve("key"), klaviyo.apiKey().value());
      Connection connection = service.connect(Actor.administrator("kim"), "file:" + key);
      SavedExport export = service.save(Actor.contributor("robin"), connection, "vip-eu", "VIP");

      service.segmentsRefreshed();
      segments.segment(
          "vip-eu",
          List.of(
              CustomerProfile.of("c-1", Map.of("email", "ada@shop.example", "first_name", "Ada")),
              CustomerProfile.of("c-2", Map.of("email", "bo@shop.example", "first_name", "Bo"))));
      service.segmentsRefreshed();

      List<RunRecord> history = service.history(Actor.viewer("sam"), export);
      history.forEach(System.out::println);
      assertThat(history)
          .extracting(RunRecord::status)
          .containsExactly(RunStatus.SUCCESSFUL, RunStatus.SUCCESSFUL);
      assertThat(history)
          .extracting(run -> run.report().profiles().accepted())
          .containsExactly(2L, 1L);
      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrder("ada@shop.example", "bo@shop.example");
    }
  }
}
