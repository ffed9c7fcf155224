package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that Dataverse did not grant, with advice. Its own words may quote a filter's values
 * and are not passed on; of them only the code is, and the name of a column or table that it
 * misses.
 */
final class Refusal extends IOException {
  private static final long serialVersionUID = 1;
  private static final Pattern CODE = Pattern.compile("0x[0-9a-fA-F]{1,16}");
  private static final Pattern MISSING = Pattern.compile("property named '([A-Za-z0-9_]{1,128})'");

  private final int status;

  Refusal(int status, JsonNode error, URI organization) {
    super(message(status, error, organization));
    this.status = status;
  }

  /** Returns the HTTP status. */
  int status() {
    return status;
  }

  private static String message(int status, JsonNode error, URI organization) {
    String code = error.path("code").asText("");
    Matcher missing = MISSING.matcher(error.path("message").asText(""));
    String column = missing.find() ? missing.group(1) : "";
    return "Dataverse at "
        + organization.getHost()
        + " refused the request ("
        + status
        + (CODE.matcher(code).matches() ? ", " + code : "")
        + "): "
        + advice(status, column)
        + ".";
  }

  private static String advice(int status, String column) {
    return switch (status) {
      case 400 ->
          column.isEmpty()
              ? "one of the columns or the segment's name is not what it expects; correct it"
              : "there is no column '" + column + "'; correct the columns or the mapping";
      case 401 ->
          "the access token is refused; ask for one with the scope {organization}/.default, and add"
              + " the application to the environment as an application user";
      case 403 ->
          "the application user may not read Customer Insights; give it a role that reads unified"
              + " profiles and segment memberships";
      case 404 ->
          "the environment has no tables of Customer Insights; check that Customer Insights - Data is"
              + " connected with it, and the organization's URL";
      case 429 -> "its service protection limits are reached; try again later";
      default ->
          status >= 500
              ? "it fails; try again later"
              : "this was not expected; check the organization's URL";
    };
  }
}
