package example.shop.loyalty;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.util.List;

/** Puts the members of the shop's loyalty programme onto a Klaviyo list. */
public final class LoyaltyExport implements AutoCloseable {
  private static final Segment MEMBERS = Segment.named("loyalty-members");

  private final SegmentExporter exporter;
  private final ListId list;

  /** Exports from the shop's customers to a list of the account. */
  public LoyaltyExport(ProfileSource customers, KlaviyoConnection klaviyo, ListId list) {
    this.list = list;
    this.exporter =
        SegmentExporter.builder()
            .source(customers)
            .klaviyo(klaviyo)
            .mapping(
                FieldMapping.email("EMailAddress")
                    .firstName("FirstName")
                    .property("Loyalty points", "Points"))
            .build();
  }

  /** Brings the list up to date, and returns the ids of the members who could not be exported. */
  public List<String> run() {
    ExportReport report = exporter.export(MEMBERS, list);
    return report.rejections().first().stream()
        .filter(rejection -> rejection.scope() == Rejection.Scope.PROFILE)
        .map(Rejection::customerId)
        .toList();
  }

  @Override
  public void close() {
    exporter.close();
  }
}
