package example.shop.loyalty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoyaltyExportTest {
  private final InMemorySegments customers =
      InMemorySegments.of(
          "loyalty-members",
          member("c-17", "ada@shop.example", 120),
          member("c-18", "bo at shop.example", 80));

  @Test
  void members_are_on_the_list_with_their_points() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        LoyaltyExport export =
            new LoyaltyExport(customers, klaviyo.connection(), klaviyo.listId())) {
      export.run();

      assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
      assertThat(klaviyo.list().profile("ada@shop.example"))
          .hasValueSatisfying(
              ada -> assertThat(ada).containsEntry("properties", Map.of("Loyalty points", 120)));
    }
  }

  @Test
  void a_member_whose_address_is_none_is_named_by_id() {
    try (FakeKlaviyo klaviyo = FakeKlaviyo.start();
        LoyaltyExport export =
            new LoyaltyExport(customers, klaviyo.connection(), klaviyo.listId())) {
      assertThat(export.run()).containsExactly("c-18");
    }
  }

  private static CustomerProfile member(String id, String email, int points) {
    return CustomerProfile.of(
        id, Map.of("EMailAddress", email, "FirstName", "Kim", "Points", points));
  }
}
