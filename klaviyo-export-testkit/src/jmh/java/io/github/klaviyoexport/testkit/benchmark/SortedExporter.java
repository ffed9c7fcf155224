package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.net.URI;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The library at work on customers who are sorted by their email address, which is all they are
 * known by: the last one is held, in place of all.
 */
final class SortedExporter {
  private static final FieldMapping MAPPING =
      FieldMapping.email("EMailAddress")
          .firstName("FirstName")
          .lastName("LastName")
          .city("City")
          .country("Country")
          .property("Lifetime value", "LTV")
          .property("Orders")
          .property("Loyalty member", "Member")
          .property("Last order", "LastOrder")
          .property("Note");

  private SortedExporter() {}

  /** Arguments: base URL, how many profiles. */
  public static void main(String[] args) {
    int profiles = Integer.parseInt(args[1]);
    try (SegmentExporter exporter =
        SegmentExporter.builder()
            .source(segment -> new Sorted(new BenchmarkProfiles(profiles)))
            .klaviyo(
                KlaviyoConnection.of(ApiKey.of("pk_benchmark"))
                    .baseUrl(URI.create(args[0]))
                    .unpaced())
            .mapping(MAPPING)
            .limit(profiles)
            .build()) {
      ExportReport report = exporter.export(Segment.named("benchmark"), ListId.of("Y6nRLr"));
      Figures.print(report.profiles().accepted());
    }
  }

  /** The addresses of {@link BenchmarkProfiles} have a number that grows, of nine digits. */
  private record Sorted(BenchmarkProfiles profiles) implements ProfileReader {
    @Override
    public boolean isSortedByEmail() {
      return true;
    }

    @Override
    public @Nullable CustomerProfile next() {
      return profiles.next();
    }

    @Override
    public OptionalLong size() {
      return profiles.size();
    }
  }
}
