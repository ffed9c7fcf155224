package io.github.klaviyoexport.testkit.internal.insights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of Dataverse's Web API that reads the tables of Customer Insights. */
final class InsightsApi {
  static final String PATH = "/api/data/v9.2/";
  private static final int MAX_PAGE = 5_000;
  private static final int MAX_URL = 32_768;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SEGMENT =
      Pattern.compile("contains\\(msdynci_segments,'\"((?:[^']|'')*)\"'\\)");
  private static final Pattern CUSTOMER = Pattern.compile("msdynci_customerid eq '((?:[^']|'')*)'");
  private static final Pattern PAGE_SIZE = Pattern.compile("odata\\.maxpagesize=(\\d{1,9})");

  private final InsightsTables tables;
  private final boolean countsRecords;

  /** What is answered: a status and a JSON document. */
  record Answer(int status, byte[] body) {}

  InsightsApi(InsightsTables tables, boolean countsRecords) {
    this.tables = tables;
    this.countsRecords = countsRecords;
  }

  /**
   * Answers a request.
   *
   * @param uri the whole URL, from which the next page's is made
   * @param prefer the header that says how many rows a page is to have; empty without it
   */
  Answer get(URI uri, String prefer) {
    if (uri.toString().length() > MAX_URL) {
      return error(414, "0x0", "The URL is longer than 32,768 characters.");
    }
    String resource = uri.getPath().substring(PATH.length());
    Map<String, String> options = options(uri.getRawQuery());
    return switch (resource) {
      case "msdynci_segmentmemberships" -> memberships(uri, options, pageSize(prefer));
      case "msdynci_customerprofiles" -> profiles(uri, options, pageSize(prefer));
      case "RetrieveTotalRecordCount(EntityNames=@p)" -> count();
      default -> error(404, "0x80060888", "Resource not found for the segment '" + resource + "'.");
    };
  }

  private Answer memberships(URI uri, Map<String, String> options, int pageSize) {
    String filter = options.get("$filter");
    String segment = null;
    if (filter != null) {
      Matcher matcher = SEGMENT.matcher(filter);
      if (!matcher.matches()) {
        return error(400, "0x80060888", "The filter is not one that this fake knows.");
      }
      segment = name(unescaped(matcher.group(1)));
    }
    List<String> selected = selected(options);
    List<String> rows = tables.members(segment, query(uri));
    return page(
        uri,
        rows,
        options,
        pageSize,
        (customer, row) -> {
          if (selected.isEmpty() || selected.contains(InsightsTables.CUSTOMER)) {
            row.put(InsightsTables.CUSTOMER, customer);
          }
          if (selected.isEmpty() || selected.contains(InsightsTables.SEGMENTS)) {
            row.put(
                InsightsTables.SEGMENTS, JSON.valueToTree(tables.segments(customer)).toString());
          }
        });
  }

  private Answer profiles(URI uri, Map<String, String> options, int pageSize) {
    List<String> selected = selected(options);
    for (String column : selected) {
      if (!tables.hasColumn(column)) {
        return error(
            400,
            "0x80060888",
            "Could not find a property named '"
                + column
                + "' on type 'Microsoft.Dynamics.CRM.msdynci_customerprofile'.");
      }
    }
    String filter = options.get("$filter");
    List<String> some = filter == null ? null : customers(filter);
    if (filter != null && some == null) {
      return error(400, "0x80060888", "The filter is not one that this fake knows.");
    }
    return page(
        uri,
        tables.customers(some, query(uri)),
        options,
        pageSize,
        (customer, row) ->
            selected.forEach(
                column -> row.set(column, JSON.valueToTree(tables.value(customer, column)))));
  }

  private interface RowWriter {
    void write(String customer, ObjectNode row);
  }

  private static Answer page(
      URI uri, List<String> rows, Map<String, String> options, int pageSize, RowWriter writer) {
    int from = Integer.parseInt(options.getOrDefault("$skiptoken", "0"));
    int to = Math.min(rows.size(), from + pageSize);
    ObjectNode document = JSON.createObjectNode();
    ArrayNode value = document.putArray("value");
    for (String customer : rows.subList(Math.min(from, to), to)) {
      ObjectNode row = value.addObject();
      row.put("@odata.etag", "W/\"" + customer.hashCode() + "\"");
      writer.write(customer, row);
    }
    if (to < rows.size()) {
      String base = withoutPage(uri.toString());
      String joint = base.indexOf('?') < 0 ? "?" : "&";
      document.put("@odata.nextLink", base + joint + "$skiptoken=" + to);
    }
    return new Answer(200, document.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Answer count() {
    if (!countsRecords) {
      return error(400, "0x80041102", "The table is not counted.");
    }
    ObjectNode document = JSON.createObjectNode();
    ObjectNode counts = document.putObject("EntityRecordCountCollection");
    counts.put("Count", 1).putArray("Keys").add("msdynci_customerprofile");
    counts.putArray("Values").add(tables.profiles());
    return new Answer(200, document.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the customers that a filter names, or {@code null} if it says anything else. */
  private static @Nullable List<String> customers(String filter) {
    List<String> customers = new ArrayList<>();
    for (String condition : filter.split(" or ", -1)) {
      Matcher matcher = CUSTOMER.matcher(condition);
      if (!matcher.matches()) {
        return null;
      }
      customers.add(unescaped(matcher.group(1)));
    }
    return customers;
  }

  /** Returns a name as it is, from how it stands in a JSON array. */
  private static String name(String inJson) {
    try {
      return JSON.readValue("\"" + inJson + "\"", String.class);
    } catch (JsonProcessingException noJson) {
      return inJson; // No segment is called so.
    }
  }

  private static String unescaped(String literal) {
    return literal.replace("''", "'");
  }

  private static List<String> selected(Map<String, String> options) {
    String select = options.getOrDefault("$select", "");
    return select.isEmpty() ? List.of() : Arrays.asList(select.split(",", -1));
  }

  private static int pageSize(String prefer) {
    Matcher matcher = PAGE_SIZE.matcher(prefer);
    int asked = matcher.find() ? Integer.parseInt(matcher.group(1)) : MAX_PAGE;
    return asked < 1 || asked > MAX_PAGE ? MAX_PAGE : asked;
  }

  /** Returns the query without its page, which decides the order of rows. */
  private static String query(URI uri) {
    return withoutPage(uri.getRawQuery() == null ? "" : uri.getRawQuery());
  }

  private static String withoutPage(String query) {
    return query.replaceFirst("[?&]\\$skiptoken=\\d+$", "");
  }

  private static Map<String, String> options(@Nullable String query) {
    Map<String, String> options = new LinkedHashMap<>();
    if (query != null) {
      for (String option : query.split("&", -1)) {
        int equals = option.indexOf('=');
        options.put(
            equals < 0 ? option : option.substring(0, equals),
            equals < 0
                ? ""
                : URLDecoder.decode(option.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return options;
  }

  /** Returns an error as Dataverse writes one. */
  static Answer error(int status, String code, String message) {
    ObjectNode document = JSON.createObjectNode();
    document.putObject("error").put("code", code).put("message", message);
    return new Answer(status, document.toString().getBytes(StandardCharsets.UTF_8));
  }
}
