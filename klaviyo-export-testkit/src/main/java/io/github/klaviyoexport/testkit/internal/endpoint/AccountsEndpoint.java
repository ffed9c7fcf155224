package io.github.klaviyoexport.testkit.internal.endpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import io.github.klaviyoexport.testkit.internal.api.Fieldset;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Set;

/** Answers the call that asks which account the key belongs to. */
public final class AccountsEndpoint {
  private static final String FIELDS_OF_ACCOUNT = "fields[account]";
  private static final Set<String> FIELDS =
      Set.of(
          "contact_information",
          "contact_information.default_sender_email",
          "contact_information.default_sender_name",
          "contact_information.organization_name",
          "contact_information.street_address",
          "contact_information.street_address.address1",
          "contact_information.street_address.address2",
          "contact_information.street_address.city",
          "contact_information.street_address.country",
          "contact_information.street_address.region",
          "contact_information.street_address.zip",
          "contact_information.website_url",
          "id",
          "industry",
          "locale",
          "preferred_currency",
          "public_api_key",
          "test_account",
          "timezone");

  private AccountsEndpoint() {}

  /**
   * Tells which account the key belongs to.
   *
   * @param own the account's id, which is its public key
   */
  public static ApiResponse all(ApiRequest call, String own) {
    Fieldset fields = new Query(call, FIELDS_OF_ACCOUNT).fieldset("account", FIELDS);
    ObjectNode body = JsonValues.object();
    body.putArray("data").add(resource(call, own, fields));
    body.set("links", JsonValues.object().put("self", call.url()));
    return ApiResponse.json(200, body);
  }

  /**
   * Shows the account.
   *
   * @param own its id
   * @param id the id that is asked for
   */
  public static ApiResponse one(ApiRequest call, String own, String id) {
    Fieldset fields = new Query(call, FIELDS_OF_ACCOUNT).fieldset("account", FIELDS);
    if (!id.equals(own)) {
      throw ApiErrorException.notFound("An account with id `" + id + "` does not exist.");
    }
    return ApiResponse.document(200, call, resource(call, own, fields));
  }

  private static ObjectNode resource(ApiRequest call, String id, Fieldset fields) {
    ObjectNode account = JsonValues.object().put("type", "account").put("id", id);
    ObjectNode attributes = account.putObject("attributes");
    attributes.put("test_account", true);
    ObjectNode contact = attributes.putObject("contact_information");
    contact
        .put("default_sender_name", "Shop")
        .put("default_sender_email", "hello@shop.example")
        .put("website_url", "https://shop.example")
        .put("organization_name", "Shop");
    contact
        .putObject("street_address")
        .put("address1", "1 Example Street")
        .putNull("address2")
        .put("city", "London")
        .putNull("region")
        .put("country", "GB")
        .put("zip", "N1 1AA");
    attributes
        .put("industry", "Ecommerce")
        .put("timezone", "Europe/London")
        .put("preferred_currency", "GBP")
        .put("public_api_key", id)
        .put("locale", "en-GB");
    fields.keepWanted(attributes);
    account.putObject("links").put("self", call.origin() + "/api/accounts/" + id + "/");
    return account;
  }
}
