package example.shop.modular;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;
import java.nio.file.Path;

/** A program of modules alone: it brings the customers of a CSV file onto a list. */
public final class NewsletterExport {
  private NewsletterExport() {}

  /** Takes the folder of the file, Klaviyo's address and the list. */
  public static void main(String[] args) {
    KlaviyoConnection klaviyo =
        KlaviyoConnection.of(ApiKey.fromEnvironment("KLAVIYO_API_KEY"))
            .baseUrl(URI.create(args[1]));
    System.out.println(run(Path.of(args[0]), klaviyo, ListId.of(args[2])).profiles().accepted());
  }

  static ExportReport run(Path folder, KlaviyoConnection klaviyo, ListId list) {
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(CsvSource.directory(folder))
            .klaviyo(klaviyo)
            .mapping(FieldMapping.email("EMailAddress").firstName("FirstName"))
            .build()) {
      return exporter.export(Segment.named("newsletter"), list);
    }
  }
}
