package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of outcomes. */
class OutcomeExamplesTest {
  private final List<CustomerProfile> customers = new ArrayList<>(Lab.customers(3));
  private final List<String> crm = new ArrayList<>();
  private final Lab lab = new Lab();

  @TempDir Path directory;

  private SegmentExporter exporter() {
    return exporterOf(segment -> ProfileReader.of(customers));
  }

  @Test
  void a_listener_hears_what_became_of_each_profile() {
    customers.add(CustomerProfile.of("c-4", Map.of("Email", "none")));
    customers.add(CustomerProfile.of("c-5", Map.of("Email", "Customer.2@shop.example")));
    // @start region="listener"
    ExportListener crmUpdate =
        new ExportListener() {
          @Override
          public void outcome(Outcome outcome) {
            switch (outcome.kind()) {
              case ACCEPTED, UNCHANGED -> crm.add(outcome.id() + " is on the list");
              case DUPLICATE -> crm.add(outcome.id() + " is " + outcome.otherCustomerId());
              default -> crm.add(outcome.toString());
            }
          }
        };
    // @end

    try (SegmentExporter exporter = exporter()) {
      exporter.prepare(Lab.VIP, Lab.LIST).listener(crmUpdate).run();
    }

    assertThat(crm)
        .containsExactlyInAnyOrder(
            "REJECTED c-4: Customer c-4: field 'Email' is not an email address that Klaviyo takes:"
                + " correct it in the source",
            "c-5 is c-2",
            "c-1 is on the list",
            "c-2 is on the list",
            "c-3 is on the list");
  }

  @Test
  void who_failed_is_sent_again_from_the_file_alone() throws IOException {
    Path path = directory.resolve("outcomes.jsonl");
    Segment segment = Lab.VIP;
    ListId list = Lab.LIST;
    lab.klaviyo.status(
        job -> job.rows().get(0).email().equals(Lab.email(2)) ? "cancelled" : "complete");
    try (SegmentExporter exporter = exporter()) {
      // @start region="file"
      try (OutcomeFile outcomes = OutcomeFile.jsonLines(path)) {
        exporter.prepare(segment, list).listener(outcomes).run();
      }
      // @end
    }

    ProfileSource source = asked -> ProfileReader.of(customers);
    // @start region="again"
    Set<String> again = OutcomeFile.unresolved(path);
    if (!again.isEmpty()) {
      try (SegmentExporter exporter = exporterOf(source.only(again))) {
        exporter.export(segment, list);
      }
    }
    // @end

    assertThat(again).containsExactly("c-2");
  }

  private SegmentExporter exporterOf(ProfileSource source) {
    return lab.exporter(source).batchSize(1).build();
  }
}
