package example.shop.loyalty;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;
import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LoyaltyExportTest {
  @RegisterExtension static final KlaviyoExtension KLAVIYO = KlaviyoExtension.overHttp().strict();

  private LoyaltyExport export;

  @BeforeEach
  void has_two_members(FakeKlaviyo klaviyo, InMemorySegments customers) {
    customers.segment(
        "loyalty-members",
        member("c-17", "ada@shop.example", 120),
        member("c-18", "bo at shop.example", 80));
    export = new LoyaltyExport(customers, klaviyo.httpConnection(), klaviyo.listId());
  }

  @AfterEach
  void closes_the_export() {
    export.close();
  }

  @Test
  void members_are_on_the_list_with_their_points(FakeKlaviyo klaviyo) {
    export.run();

    assertThat(klaviyo.list())
        .holdsExactly("ada@shop.example")
        .hasProperty("ada@shop.example", "Loyalty points", 120);
    assertThat(klaviyo).keptQuotas().changedNoConsent();
  }

  @Test
  void a_member_whose_address_is_none_is_named_by_id() {
    assertThat(export.run()).containsExactly("c-18");
  }

  @Test
  void a_library_that_the_service_does_not_name_is_not_there_in_its_tests_either(
      @TempDir Path segments) throws IOException {
    Files.writeString(segments.resolve("loyalty-members.csv"), "id,email\nc-17,ada@shop.example\n");

    for (String library :
        List.of(
            "de.siegmar.fastcsv.reader.CsvReader",
            "com.google.i18n.phonenumbers.PhoneNumberUtil",
            "io.micrometer.core.instrument.MeterRegistry")) {
      assertThatThrownBy(() -> Class.forName(library)).isInstanceOf(ClassNotFoundException.class);
    }
    assertThatThrownBy(
            () ->
                CsvSource.directory(segments).idField("id").open(Segment.named("loyalty-members")))
        .hasMessageContaining("FastCSV")
        .hasMessageContaining("de.siegmar:fastcsv");
  }

  private static CustomerProfile member(String id, String email, int points) {
    return CustomerProfile.of(
        id, Map.of("EMailAddress", email, "FirstName", "Kim", "Points", points));
  }
}
