package io.github.klaviyoexport.testkit.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.simulation.Ledger.Membership;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The list and the profiles of the world's people, as they are at a moment. */
final class AccountView {
  private final FakeKlaviyo klaviyo;
  private final Map<String, Member> members = new LinkedHashMap<>();

  /** A member with all that it is found by: addresses in lower case, phone number, external id. */
  record Member(Membership membership, Set<String> identifiers) {}

  private AccountView(FakeKlaviyo klaviyo) {
    this.klaviyo = klaviyo;
  }

  static AccountView of(FakeKlaviyo klaviyo, Client client) {
    AccountView view = new AccountView(klaviyo);
    client
        .pages("/api/lists/" + Client.LIST + "/profiles", "page[size]", "100")
        .forEach(page -> page.json().path("data").forEach(view::add));
    return view;
  }

  private void add(JsonNode profile) {
    JsonNode attributes = profile.path("attributes");
    Set<String> identifiers = new TreeSet<>();
    for (String kind : new String[] {"email", "phone_number", "external_id"}) {
      if (attributes.hasNonNull(kind)) {
        identifiers.add(attributes.path(kind).asText().toLowerCase(Locale.ROOT));
      }
    }
    klaviyo
        .profile(attributes.path("email").asText("none@shop.example"))
        .map(FakeProfile::addresses)
        .ifPresent(
            addresses ->
                addresses.forEach(address -> identifiers.add(address.toLowerCase(Locale.ROOT))));
    String id = profile.path("id").asText();
    Membership membership = new Membership(id, attributes.path("joined_group_at").asText());
    members.put(id, new Member(membership, identifiers));
  }

  Map<String, Member> members() {
    return members;
  }

  Set<Membership> memberships() {
    return members.values().stream().map(Member::membership).collect(Collectors.toSet());
  }

  Optional<FakeProfile> profileOf(Person person) {
    return klaviyo.profile(person.meant());
  }

  boolean hasMember(Person person) {
    return profileOf(person).map(profile -> members.containsKey(profile.id())).orElse(false);
  }

  /** What an export sees to of each person: its profile, whether it is a member, its data. */
  Map<Person, String> states(Iterable<Person> people) {
    Map<Person, String> states = new HashMap<>();
    for (Person person : people) {
      String state =
          profileOf(person)
              .map(
                  profile ->
                      profile.id() + members.containsKey(profile.id()) + profile.attributes())
              .orElse("none");
      states.put(person, state);
    }
    return states;
  }
}
