package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.Outcome;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What customers share, beside the simplest model of it: three maps. Their identifiers come in
 * order or in none, for a while or all along, twice in a row or long after each other.
 */
class SharedIdentifiersTest {
  private static final FieldNames FIELDS = FieldNames.of("Email", "Phone", "Key");
  private static final FieldMapping MAPPING =
      FieldMapping.email("Email").phone("Phone").externalId("Key");

  /** What is to become of customers, by the first who had each identifier. */
  private static final class Model {
    final Map<String, String> emails = new HashMap<>();
    final Map<String, String> phones = new HashMap<>();
    final Map<String, String> keys = new HashMap<>();
    final List<Rejection> rejections = new ArrayList<>();
    final Map<String, @Nullable String> duplicates = new HashMap<>();
    final List<String> sent = new ArrayList<>();

    Model(List<CustomerProfile> customers) {
      customers.forEach(this::judge);
    }

    private void judge(CustomerProfile customer) {
      String email = (String) customer.value(0);
      String phone = (String) customer.value(1);
      String key = (String) customer.value(2);
      String ofPhone = phone == null ? null : phones.get(phone);
      String ofKey = key == null ? null : keys.get(key);
      boolean nothingLeft = (phone == null || ofPhone != null) && (key == null || ofKey != null);
      if (email == null && phone == null && key == null) {
        rejections.add(Rejection.ofProfile(customer.id(), null, Reason.NO_IDENTIFIER));
      } else if (email != null && emails.containsKey(email)) {
        duplicates.put(customer.id(), emails.get(email));
      } else if (email == null && nothingLeft) {
        judgeNothingLeft(customer.id(), ofPhone, ofKey);
      } else {
        if (ofPhone != null) {
          rejections.add(shared(Rejection.ofField(customer.id(), "Phone", shared()), ofPhone));
        }
        if (ofKey != null) {
          rejections.add(shared(Rejection.ofField(customer.id(), "Key", shared()), ofKey));
        }
        send(customer.id(), email, ofPhone == null ? phone : null, ofKey == null ? key : null);
      }
    }

    private void judgeNothingLeft(String id, @Nullable String ofPhone, @Nullable String ofKey) {
      if (ofPhone == null || ofKey == null || ofPhone.equals(ofKey)) {
        duplicates.put(id, ofPhone == null ? ofKey : ofPhone);
      } else {
        rejections.add(shared(Rejection.ofProfile(id, "Phone", shared()), ofPhone));
      }
    }

    private static Reason shared() {
      return Reason.SHARED_WITH_ANOTHER;
    }

    private static Rejection shared(Rejection rejection, String other) {
      return rejection.withOtherCustomer(other);
    }

    private void send(
        String id, @Nullable String email, @Nullable String phone, @Nullable String key) {
      if (email != null) {
        emails.put(email, id);
      }
      if (phone != null) {
        phones.put(phone, id);
      }
      if (key != null) {
        keys.put(key, id);
      }
      sent.add(email + " " + phone + " " + key);
    }
  }

  /** The numbers of one kind of identifier. */
  private static final class Numbers {
    private final Random random;
    private final int order;
    private final int turn;
    private final int most;
    private final double none;
    private int last;

    Numbers(Random random, int customers) {
      this.random = random;
      this.order = random.nextInt(5);
      this.turn = random.nextInt(2 * customers);
      this.most = 1 + random.nextInt(4 * customers);
      this.none = new double[] {0, 0.1, 0.6, 0.98}[random.nextInt(4)];
    }

    /** Returns the number of a customer; 0 if it has none. */
    int next(int customer) {
      if (random.nextDouble() < none) {
        return 0;
      }
      if (!isInOrder(customer)) {
        return 1 + random.nextInt(most);
      }
      last += random.nextInt(12) == 0 && last > 0 ? 0 : 1 + random.nextInt(3);
      return last;
    }

    private boolean isInOrder(int customer) {
      return switch (order) {
        case 0 -> true;
        case 1 -> customer < turn;
        case 2 -> customer >= turn;
        case 3 -> random.nextInt(300) > 0;
        default -> false;
      };
    }
  }

  private static List<CustomerProfile> customers(Random random, int count) {
    Numbers emails = new Numbers(random, count);
    Numbers phones = new Numbers(random, count);
    Numbers keys = new Numbers(random, count);
    int keysBegin = random.nextBoolean() ? 0 : 1_000_000;
    List<CustomerProfile> customers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int email = emails.next(i);
      int phone = phones.next(i);
      int key = keys.next(i);
      customers.add(
          CustomerProfile.of(
              "c-" + i,
              FIELDS,
              email == 0 ? null : "c" + (1_000_000 + email) + "@shop.example",
              phone == 0 ? null : "+35840" + (1_000_000 + phone),
              key == 0 ? null : Integer.toString(keysBegin + key)));
    }
    return customers;
  }

  private static List<String> sent(Lab lab) {
    return lab.klaviyo.jobs().stream()
        .flatMap(job -> job.rows().stream())
        .map(
            row ->
                text(row.json(), "email")
                    + " "
                    + text(row.json(), "phone_number")
                    + " "
                    + text(row.json(), "external_id"))
        .toList();
  }

  private static @Nullable String text(JsonNode row, String attribute) {
    return row.path("attributes").path(attribute).textValue();
  }

  @Test
  void each_identifier_is_sent_with_the_first_customer_who_has_it() {
    for (long seed = 1; seed <= 150; seed++) {
      Random random = new Random(seed);
      List<CustomerProfile> customers =
          customers(random, seed % 50 == 0 ? 5_000 : 20 + random.nextInt(500));
      Model model = new Model(customers);
      Lab lab = new Lab();
      Map<String, @Nullable String> duplicates = new HashMap<>();
      SegmentExporter.Builder builder =
          lab.exporter(Segments.of(customers)).mapping(MAPPING).batchSize(1 + random.nextInt(400));
      boolean toldWhose = random.nextBoolean();
      if (toldWhose) {
        builder.listener(listener(duplicates));
      }

      try (SegmentExporter exporter = builder.build()) {
        ExportReport report = exporter.export(Lab.VIP, Lab.LIST);
        assertThat(report.profiles().duplicates())
            .as("seed " + seed)
            .isEqualTo(model.duplicates.size());
      }

      assertThat(lab.rejections).as("seed " + seed).containsExactlyElementsOf(model.rejections);
      assertThat(sent(lab)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(model.sent);
      if (toldWhose) {
        assertThat(duplicates).as("seed " + seed).isEqualTo(model.duplicates);
      }
    }
  }

  private static ExportListener listener(Map<String, @Nullable String> duplicates) {
    return new ExportListener() {
      @Override
      public void outcome(Outcome outcome) {
        if (outcome.kind() == Outcome.Kind.DUPLICATE) {
          duplicates.put(outcome.id(), outcome.otherCustomerId());
        }
      }
    };
  }

  @Test
  void so_it_is_however_often_a_run_is_cut_off_and_resumed() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      List<CustomerProfile> customers = customers(random, 30 + random.nextInt(150));
      Model model = new Model(customers);
      Segments segments = Segments.of(customers);
      ProfileSource source = random.nextBoolean() ? segments : segments.withoutPositions();
      Lab lab = new Lab();
      Journaled journal = new Journaled();
      ExportReport report = null;
      while (report == null) {
        journal.cutOffAfter(1 + random.nextInt(60));
        report = begun(lab, source, journal);
        journal.goOn();
      }

      assertThat(report.profiles().duplicates())
          .as("seed " + seed)
          .isEqualTo(model.duplicates.size());
      assertThat(report.profiles().accepted()).as("seed " + seed).isEqualTo(model.sent.size());
      assertThat(new HashSet<>(sent(lab))).as("seed " + seed).isEqualTo(new HashSet<>(model.sent));
    }
  }

  /** Exports, or goes on with the run that was cut off; returns nothing if it is cut off again. */
  private static @Nullable ExportReport begun(Lab lab, ProfileSource source, Journaled journal) {
    try (SegmentExporter exporter =
        lab.exporter(source)
            .mapping(MAPPING)
            .batchSize(7)
            .batchesInFlight(2)
            .journal(journal)
            .build()) {
      Optional<String> unfinished = exporter.unfinishedRun(Lab.VIP, Lab.LIST);
      return unfinished.isPresent()
          ? exporter.resume(unfinished.get())
          : exporter.export(Lab.VIP, Lab.LIST);
    } catch (ExportException stopped) {
      assertThat(stopped).hasRootCauseInstanceOf(Journaled.CutOff.class);
      return null;
    }
  }
}
