package example.shop.loyalty;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

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

  private static CustomerProfile member(String id, String email, int points) {
    return CustomerProfile.of(
        id, Map.of("EMailAddress", email, "FirstName", "Kim", "Points", points));
  }
}
