package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.ERRORS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.JOB;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LIST;
import static io.github.klaviyoexport.testing.SmallKlaviyo.LISTING;
import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole exports through every fault, with a key and customers that can be told anywhere: none of
 * them may be seen but in what is sent to Klaviyo.
 */
class SecrecyTest extends Eavesdropping {
  private static final String KEY = "pk_canary_key";
  private static final String PHONE = "+358407776661";

  /** What a server that repeats all it knows puts into its answers. */
  private static final String ECHO =
      "canary.1@shop.example " + PHONE + " Canary-first Klaviyo-API-Key " + KEY;

  private static final FieldNames FIELDS =
      FieldNames.of("Email", "Phone", "First", "Last", "Extra", "Key");

  static Stream<String> faults() {
    return FAULTS.keySet().stream();
  }

  private static final Map<String, Consumer<Lab>> FAULTS = new LinkedHashMap<>();

  static {
    FAULTS.put("none", lab -> {});
    for (int status : new int[] {301, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 524}) {
      for (String where : new String[] {LIST, IMPORT, LISTING, JOB, ERRORS, MEMBERS, REMOVAL}) {
        FAULTS.put(
            status + " to " + where,
            lab -> {
              givenWhatLeadsTo(where, lab);
              lab.klaviyo.on(where, echoing(status, "application/vnd.api+json", errors(status)));
            });
        FAULTS.put(
            status + " as HTML to " + where,
            lab -> {
              givenWhatLeadsTo(where, lab);
              lab.klaviyo.on(where, echoing(status, "text/html", "<html>" + ECHO));
            });
      }
    }
    for (String where : new String[] {LIST, IMPORT, LISTING, ERRORS, MEMBERS, REMOVAL}) {
      for (String body :
          new String[] {
            ECHO,
            "{\"data\":{\"id\":\"" + ECHO,
            "{\"data\":\"" + ECHO + "\"}",
            "{\"data\":[],\"links\":{\"next\":\"https://canary.1@shop.example/" + KEY + "\"}}",
            "{\"data\":[],\"links\":{\"next\":\"" + ECHO + "\"}}",
            "{\"data\":[],\"links\":{\"next\":\"//" + KEY + "\"}}",
          }) {
        FAULTS.put(
            "200 to " + where + " with " + body,
            lab -> {
              givenWhatLeadsTo(where, lab);
              lab.klaviyo.on(where, Answer.json(200, body));
            });
      }
      FAULTS.put(
          "an exchange that fails at " + where, at(where, Answer.failure(new IOException(ECHO))));
      FAULTS.put(
          "a transport that is broken at " + where,
          at(where, Answer.failure(new IllegalStateException(ECHO))));
      FAULTS.put(
          "a transport that throws at " + where,
          at(where, Answer.thrown(new IllegalArgumentException(ECHO))));
      FAULTS.put("silence at " + where, at(where, Answer.silence()));
    }
    FAULTS.put("leavers", SecrecyTest::givenLeavers);
    FAULTS.put(
        "leavers who are gone already",
        lab -> {
          givenLeavers(lab);
          lab.klaviyo.on(REMOVAL, echoing(404, "application/vnd.api+json", errors(404)));
        });
    FAULTS.put(
        "more leavers than may be",
        lab -> {
          givenLeavers(lab);
          for (int i = 0; i < 100; i++) {
            lab.klaviyo.member("more-" + i, "external_id", "canary-more-" + i);
          }
        });
    FAULTS.put(
        "rows that are refused one by one",
        lab ->
            lab.klaviyo.judging(
                rows ->
                    rows.size() < 3
                        ? null
                        : Answer.json(400, "{\"errors\":[" + pointing(0) + "]}")));
    FAULTS.put("rows that fail in the job", lab -> lab.klaviyo.failing(row -> true));
    FAULTS.put("a status that no one knows", lab -> lab.klaviyo.status(job -> ECHO));
    FAULTS.put(
        "an interrupt",
        lab -> lab.time.in(Duration.ofMillis(500), Thread.currentThread()::interrupt));
  }

  private static Consumer<Lab> at(String where, Answer answer) {
    return lab -> {
      if (where.equals(MEMBERS) || where.equals(REMOVAL)) {
        givenLeavers(lab);
      }
      lab.klaviyo.on(where, answer);
    };
  }

  private static void givenWhatLeadsTo(String where, Lab lab) {
    if (where.equals(MEMBERS) || where.equals(REMOVAL)) {
      givenLeavers(lab);
    } else {
      lab.klaviyo.failing(row -> true);
    }
  }

  /** Some who leave, and one who may be the customer whose address cannot be read. */
  private static void givenLeavers(Lab lab) {
    for (int i = 1; i <= 20; i++) {
      lab.klaviyo.member(
          "member-" + i, "email", "canary.1@shop.example", "external_id", "canary-id-c-1");
    }
    lab.klaviyo
        .member(
            "gone",
            "email",
            "canary.gone@shop.example",
            "phone_number",
            "+358407776669",
            "external_id",
            "canary-id-gone")
        .member("perhaps", "email", "canary.perhaps@shop.example");
  }

  private static Answer echoing(int status, String type, String body) {
    return Answer.of(
        status, type, body, "Location", "https://shop.example/" + KEY, "Retry-After", ECHO);
  }

  private static String errors(int status) {
    return "{\"errors\":["
        + pointing(0)
        + ",{\"status\":"
        + status
        + ",\"code\":\""
        + ECHO
        + "\",\"id\":\""
        + ECHO
        + "\",\"title\":\""
        + ECHO
        + "\",\"detail\":\""
        + ECHO
        + "\",\"source\":{\"pointer\":\"/data/"
        + ECHO
        + "\"}}]}";
  }

  private static String pointing(int row) {
    return "{\"code\":\""
        + ECHO
        + "\",\"detail\":\""
        + ECHO
        + "\",\"source\":{\"pointer\":\"/data/attributes/profiles/data/"
        + row
        + "/attributes/properties/"
        + ECHO
        + "\"}}";
  }

  @ParameterizedTest
  @MethodSource("faults")
  void neither_the_key_nor_a_customer_is_seen_whatever_happens(String fault) {
    Lab lab = new Lab();
    FAULTS.get(fault).accept(lab);

    try (SegmentExporter exporter = exporter(lab, segment -> ProfileReader.of(customers()))) {
      observe(exporter, lab);
    }

    lab.klaviyo.asked().forEach(asked -> overheard.add(asked.request().toString()));
    assertNothingIsBetrayed();
  }

  @Test
  void a_token_is_not_seen_when_its_supplier_fails_or_gives_nonsense() {
    List<Supplier<String>> suppliers =
        List.of(
            () -> "canary token",
            () -> "canary\ntoken",
            () -> "",
            () -> {
              throw new IllegalStateException(ECHO);
            });
    for (Supplier<String> supplier : suppliers) {
      Lab lab = new Lab();
      try (SegmentExporter exporter =
          builder(lab, segment -> ProfileReader.of(customers()))
              .klaviyo(KlaviyoConnection.oauth(supplier).transport(lab.klaviyo))
              .build()) {
        observe(exporter, lab);
      }
    }

    assertNothingIsBetrayed();
  }

  @Test
  void a_reader_that_does_not_close_and_a_listener_that_throws_are_not_quoted() {
    Lab lab = new Lab();
    ProfileSource source =
        segment ->
            new ProfileReader() {
              private final ProfileReader all = ProfileReader.of(customers());

              @Override
              public @Nullable CustomerProfile next() throws IOException {
                return all.next();
              }

              @Override
              public void close() throws IOException {
                throw new IOException(ECHO);
              }
            };
    try (SegmentExporter exporter =
        builder(lab, source)
            .listener(
                new ExportListener() {
                  @Override
                  public void rejected(Rejection rejection) {
                    throw new IllegalStateException(ECHO);
                  }
                })
            .build()) {
      observe(exporter, lab);
    }

    assertThat(overheard)
        .anyMatch(text -> text.contains("did not close"))
        .anyMatch(text -> text.contains("threw java.lang.IllegalStateException"));
    assertNothingIsBetrayed();
  }

  @Test
  void leavers_are_really_met_and_removed() {
    Lab lab = new Lab();
    givenLeavers(lab);
    try (SegmentExporter exporter = exporter(lab, segment -> ProfileReader.of(customers()))) {
      ExportReport report = exporter.export(Lab.VIP, Lab.LIST);

      assertThat(report.leavers()).isEqualTo(new LeaversData(22, 1, 1, 1, 2, null));
    }
    assertThat(lab.klaviyo.members()).contains("perhaps").doesNotContain("gone");
    assertThat(overheard).anyMatch(line -> line.contains("\"entry\":\"removed\""));
    assertNothingIsBetrayed();
  }

  @Test
  void what_is_looked_for_is_really_there() {
    Lab lab = new Lab();
    try (SegmentExporter exporter = exporter(lab, segment -> ProfileReader.of(customers()))) {
      exporter.export(Lab.VIP, Lab.LIST);
    }

    String sent = lab.klaviyo.asked(IMPORT).get(0).body();
    assertThat(sent)
        .contains(
            "canary.1@shop.example",
            PHONE,
            "Canary-first",
            "Canary-last",
            "canary-extra",
            "canary-id");
    assertThat(lab.klaviyo.asked(IMPORT).get(0).request().headers().get("Authorization"))
        .contains(KEY);
    assertThat(betrays(sent)).isTrue();
    assertThat(betrays("call +358 40 777 666 1 now")).isTrue();
  }

  private static List<CustomerProfile> customers() {
    List<CustomerProfile> customers = new ArrayList<>();
    Object extra = Map.of("canary-extra", List.of("canary-extra", 1));
    for (int i = 1; i <= 4; i++) {
      customers.add(customer("c-" + i, "canary." + i + "@shop.example", "+35840777666" + i, extra));
    }
    customers.add(customer("bad-email", "canary at shop.example", null, null));
    customers.add(customer("long-email", "canary".repeat(20) + "@shop.example", null, null));
    customers.add(customer("bad-phone", "canary.5@shop.example", "canary-phone", null));
    customers.add(customer("again", "CANARY.1@shop.example", null, null));
    customers.add(customer("nan", "canary.6@shop.example", null, Double.NaN));
    customers.add(customer("broken", "canary.7@shop.example", null, "canary \ud83d"));
    customers.add(customer("odd", "canary.8@shop.example", null, new Object()));
    customers.add(customer("large", "canary.9@shop.example", null, "canary".repeat(30_000)));
    return customers;
  }

  private static CustomerProfile customer(
      String id, String email, @Nullable String phone, @Nullable Object extra) {
    return CustomerProfile.of(
        id, FIELDS, email, phone, "Canary-first", "Canary-last", extra, "canary-id-" + id);
  }

  private SegmentExporter exporter(Lab lab, ProfileSource source) {
    return builder(lab, source).build();
  }

  private SegmentExporter.Builder builder(Lab lab, ProfileSource source) {
    boolean mirrors = !lab.klaviyo.members().isEmpty();
    return lab.exporter(source)
        .mode(mirrors ? SyncMode.MIRROR : SyncMode.UPSERT)
        .klaviyo(KlaviyoConnection.of(ApiKey.of(KEY)).transport(lab.klaviyo))
        .mapping(
            FieldMapping.email("Email")
                .phone("Phone")
                .firstName("First")
                .lastName("Last")
                .externalId("Key")
                .property("Extra"))
        .deadline(Duration.ofHours(1))
        .journal(journal())
        .listener(eavesdropper());
  }
}
