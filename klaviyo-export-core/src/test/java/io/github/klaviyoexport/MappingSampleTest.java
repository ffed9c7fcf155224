package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A look at what a mapping makes of customers, without sending anything. */
class MappingSampleTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final FieldNames FIELDS =
      FieldNames.of("Mail", "LTV", "Tags", "City", "Since", "VIP");
  private static final FieldMapping MAPPING =
      FieldMapping.email("Mail")
          .city("City")
          .property("LTV")
          .as(Conversion.number())
          .orClear()
          .appendTo("Tags", "Tags")
          .as(Conversion.list(","))
          .constant("Source", "CRM")
          .allOthersPrefixed("crm_");

  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger yielded = new AtomicInteger();

  private static CustomerProfile customer(String id, @Nullable Object... values) {
    return CustomerProfile.of(id, FIELDS, values);
  }

  private ProfileSource source(CustomerProfile... customers) {
    return segment ->
        new ProfileReader() {
          private int next;

          @Override
          public @Nullable CustomerProfile next() {
            yielded.incrementAndGet();
            return next < customers.length ? customers[next++] : null;
          }

          @Override
          public Optional<FieldNames> fields() {
            return Optional.of(FIELDS);
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
  }

  private MappingSample sample() {
    return MappingSample.of(
        source(
            customer("c-1", "ada@shop.example", "120.50", "New,Old", "Turku", "2024-02-29", true),
            customer("c-2", "no address", "1", null, null, null, null),
            customer("bo@shop.example", "bo@shop.example", "much", null, "\u001b[31m", null, false),
            customer("c-4", "cy@shop.example", null, null, null, null, null)),
        SEGMENT,
        MAPPING,
        20);
  }

  @Test
  void each_customer_is_shown_with_what_would_be_sent_and_set_aside_and_values_are_masked() {
    assertThat(sample())
        .hasToString(
            """
            4 customers: 3 would be sent, 1 set aside
            c-1
              email: xxx@xxxx.xxxxxxx
              location.city: Xxxxx
              properties.LTV: 999.99
              properties.Source: XXX
              properties.crm_Since: 9999-99-99
              properties.crm_VIP: true|false
              properties.Tags, added: ["Xxx","Xxx"]
            c-2: set aside
              ! Customer c-2: field 'Mail' is not an email address that Klaviyo takes: correct it \
            in the source
            (an email address, not shown)
              email: xx@xxxx.xxxxxxx
              location.city: x[99x
              properties.Source: XXX
              properties.crm_VIP: true|false
              ! Customer (an email address, not shown): field 'LTV' could not be read: correct it \
            in the source, or say there or in the mapping how it is written (no number)
            c-4
              email: xx@xxxx.xxxxxxx
              properties.Source: XXX
              properties.LTV, cleared:\s""");
  }

  @Test
  void a_value_that_a_row_can_hold_is_shown_however_long_and_one_that_it_cannot_is_lost() {
    BigInteger enormous = BigInteger.TEN.pow(300);
    MappingSample sample =
        MappingSample.of(
            source(
                customer("c-1", "ada@shop.example", enormous, null, null, null, null),
                customer(
                    "c-2",
                    "bo@shop.example",
                    new BigDecimal("12e2147483647"),
                    null,
                    null,
                    null,
                    null)),
            SEGMENT,
            FieldMapping.email("Mail").property("LTV"),
            20);

    assertThat(sample.withValues().toString()).contains("properties.LTV: 1000");
    assertThat(sample.rejections())
        .containsExactly(Rejection.ofField("c-2", "LTV", Reason.NOT_A_NUMBER));
  }

  @Test
  void a_table_shows_field_by_field_how_many_are_sent_and_lost() {
    assertThat(sample().toTable())
        .isEqualTo(
            """
            4 customers: 3 would be sent, 1 set aside
            Klaviyo                  from     sent  lost  such as
            email                    Mail        3     1  xxx@xxxx.xxxxxxx  xx@xxxx.xxxxxxx
            location.city            City        2     0  Xxxxx  x[99x
            properties.LTV           LTV         1     1  999.99
            properties.Tags, added   Tags        1     0  ["Xxx","Xxx"]
            properties.Source        (fixed)     3     0  XXX
            properties.crm_Since     Since       1     0  9999-99-99
            properties.crm_VIP       VIP         2     0  true|false
            properties.LTV, cleared  LTV         1     0""");
  }

  @Test
  void a_loss_is_that_of_the_line_whose_value_is_not_sent() {
    FieldMapping mapping =
        FieldMapping.email("Mail")
            .property("Copy", "Mail")
            .property("LTV")
            .property("Half", "LTV")
            .as(Conversion.number())
            .computed(
                "Sum",
                customer -> {
                  throw new IllegalStateException();
                })
            .property("Total", "Since");

    assertThat(
            MappingSample.of(
                    source(
                        customer("c-1", "ada@shop.example", "much", null, null, "now", null),
                        customer("c-2", "no address", "1", null, null, null, null)),
                    SEGMENT,
                    mapping,
                    20)
                .toTable())
        .isEqualTo(
            """
            2 customers: 1 would be sent, 1 set aside
            Klaviyo           from        sent  lost  such as
            email             Mail           1     1  xxx@xxxx.xxxxxxx
            properties.Copy   Mail           1     0  xxx@xxxx.xxxxxxx
            properties.LTV    LTV            1     0  xxxx
            properties.Half   LTV            0     1
            properties.Sum    (computed)     0     1
            properties.Total  Since          1     0  xxx""");
  }

  @Test
  void values_are_shown_when_asked_for_and_never_act_upon_a_terminal() {
    MappingSample shown = sample().withValues();

    assertThat(shown.toTable())
        .contains("\"ada@shop.example\"", "120.50", "\"Turku\"  \"\\u001B[31m\"")
        .doesNotContain("\u001b");
    assertThat(shown.toString()).contains("properties.crm_VIP: true").doesNotContain("\u001b");
    assertThat(sample().toString() + sample().toTable() + sample().toJson())
        .doesNotContain("ada@", "Turku", "120.50", "2024", "bo@");
  }

  @Test
  void programs_read_it_as_json() throws Exception {
    JsonNode json = new ObjectMapper().readTree(sample().toJson());

    assertThat(json.path("masked").asBoolean()).isTrue();
    assertThat(json.at("/customers/0/fields/2/value").asText()).isEqualTo("999.99");
    assertThat(json.at("/customers/1/sent").asBoolean()).isFalse();
    assertThat(json.at("/customers/1/rejections/0/reason").asText()).isEqualTo("EMAIL_MALFORMED");
    assertThat(sample().withValues().toJson()).contains("\"value\" : 120.50");
  }

  @Test
  void it_tells_the_figures_and_reads_no_further_than_asked_and_closes_the_source() {
    MappingSample sample = sample();
    assertThat(sample.read()).isEqualTo(4);
    assertThat(sample.setAside()).isEqualTo(1);
    assertThat(sample.rejections())
        .extracting(rejection -> rejection.reason())
        .containsExactly(Reason.EMAIL_MALFORMED, Reason.UNREADABLE_IN_SOURCE);
    yielded.set(0);
    CustomerProfile one = customer("c", "a@b.co", null, null, null, null, null);

    assertThat(MappingSample.of(source(one, one, one), SEGMENT, MAPPING, 2).read()).isEqualTo(2);

    assertThat(yielded).hasValue(2);
    assertThat(closed).hasValue(2);
  }

  @Test
  void what_does_not_fit_is_refused_with_advice() {
    assertThatThrownBy(() -> MappingSample.of(source(), SEGMENT, MAPPING.firstName("Frist"), 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Frist'");
    for (int wrong : List.of(0, 10_001)) {
      assertThatThrownBy(() -> MappingSample.of(source(), SEGMENT, MAPPING, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A sample has from 1 to 10000 customers; asked for are " + wrong + ".");
    }
    ProfileSource broken =
        segment -> {
          throw new IOException("no such segment.");
        };
    assertThatThrownBy(() -> MappingSample.of(broken, SEGMENT, MAPPING, 5))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "The sample of segment vip-eu stopped: its source failed after 0 profiles"
                + " (no such segment); mend the source and try again.");
  }

  @Test
  void a_source_that_fails_midway_is_told_with_how_far_it_got_and_without_what_it_quotes()
      throws IOException {
    ProfileReader one = source(customer("c", "a@b.co", null, null, null, null, null)).open(SEGMENT);
    ProfileSource breaking =
        segment ->
            () -> {
              CustomerProfile next = one.next();
              if (next == null) {
                throw new JsonParseException(null, "ada@shop.example");
              }
              return next;
            };
    assertThatThrownBy(() -> MappingSample.of(breaking, SEGMENT, MAPPING, 5))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "The sample of segment vip-eu stopped: its source failed after 1 profile"
                + " (com.fasterxml.jackson.core.JsonParseException in next()); mend the source and"
                + " try again.")
        .hasStackTraceContaining("MappingSampleTest")
        .satisfies(
            failure -> {
              StringWriter trace = new StringWriter();
              failure.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("ada@shop.example");
            });
  }
}
