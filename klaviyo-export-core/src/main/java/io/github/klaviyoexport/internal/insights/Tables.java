package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.klaviyoexport.internal.insights.WebApi.Page;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The two tables that Customer Insights - Data writes for others to read: who is in which segments,
 * and the unified profiles. There is no documented join between them.
 */
public final class Tables {
  /** The column of both tables that says which customer a row is about. */
  public static final String CUSTOMER = "msdynci_customerid";

  private static final String SEGMENTS = "msdynci_segments";
  private static final String MEMBERSHIPS = "msdynci_segmentmemberships";
  private static final String PROFILES = "msdynci_customerprofiles";

  private final WebApi api;
  private final int pageSize;

  /** Creates the tables of an environment, which are read in pages of so many rows. */
  public Tables(WebApi api, int pageSize) {
    this.api = api;
    this.pageSize = pageSize;
  }

  /** Returns how many rows a page has at most. */
  int pageSize() {
    return pageSize;
  }

  /** Returns the memberships of a segment, page by page; a customer may have several of them. */
  Pages members(String segment) {
    // The column holds the names as a JSON array, in which the name stands in quotes.
    String name = new TextNode(segment).toString();
    return new Pages(
        MEMBERSHIPS
            + "?$select="
            + CUSTOMER
            + "&$filter="
            + encoded("contains(" + SEGMENTS + "," + literal(name) + ")"));
  }

  /** Returns all profiles, page by page, in any order. */
  Pages profiles(Collection<String> columns) {
    return new Pages(PROFILES + "?$select=" + selected(columns));
  }

  /** Returns the profiles of some customers, as far as there are any. */
  Pages profiles(Collection<String> columns, Collection<String> customers) {
    String these =
        customers.stream()
            .map(id -> CUSTOMER + " eq " + literal(id))
            .collect(Collectors.joining(" or "));
    return new Pages(PROFILES + "?$select=" + selected(columns) + "&$filter=" + encoded(these));
  }

  /**
   * Returns how many profiles there are, as of the last day; empty if the environment does not
   * count them.
   */
  OptionalLong profileCount() throws IOException {
    try {
      JsonNode counts =
          api.value(
                  "RetrieveTotalRecordCount(EntityNames=@p)?@p="
                      + encoded("[\"msdynci_customerprofile\"]"))
              .path("EntityRecordCountCollection")
              .path("Values");
      long count = counts.path(0).asLong(-1);
      return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
    } catch (Refusal refused) {
      if (refused.status() == 401 || refused.status() == 429 || refused.status() >= 500) {
        throw refused;
      }
      return OptionalLong.empty();
    }
  }

  /** Returns how many customers each segment has, as far as their memberships say. */
  public Map<String, Long> segments() throws IOException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    Pages pages = new Pages(MEMBERSHIPS + "?$select=" + SEGMENTS);
    for (List<JsonNode> rows = pages.next(); rows != null; rows = pages.next()) {
      for (JsonNode row : rows) {
        JsonNode names =
            RowJson.object(
                ("{\"names\":" + row.path(SEGMENTS).asText("[]") + "}")
                    .getBytes(StandardCharsets.UTF_8));
        if (names != null) {
          names.path("names").forEach(name -> sizes.merge(name.asText(), 1L, Long::sum));
        }
      }
    }
    return sizes;
  }

  /** The pages of one query, from first to last. */
  final class Pages {
    private final String query;
    private boolean begun;
    private @Nullable URI next;
    private long read;

    /** A page that is not to come again, each time twice as far as the one before. */
    private @Nullable URI passed;

    private Pages(String query) {
      this.query = query;
    }

    /** Returns the rows of the next page, which may be none; {@code null} after the last. */
    @Nullable List<JsonNode> next() throws IOException {
      if (begun && next == null) {
        return null;
      }
      Page page = begun && next != null ? api.next(next, pageSize) : api.first(query, pageSize);
      begun = true;
      next = page.next();
      requireNoCircle();
      return page.rows();
    }

    private void requireNoCircle() throws IOException {
      if (next != null && next.equals(passed)) {
        throw new IOException(
            "The next pages that Dataverse names lead in a circle, so they are not read on: run the"
                + " export again, and if that does not help, check what stands between.");
      }
      read++;
      if (Long.bitCount(read) == 1) {
        passed = next;
      }
    }

    /** Returns whether the page that was read last is the only one. */
    boolean isOnly() {
      return begun && next == null;
    }
  }

  /** Returns the customer that a row is about. */
  static String customer(JsonNode row) throws IOException {
    String id = row.path(CUSTOMER).asText("");
    if (id.isEmpty()) {
      throw new IOException(
          "A row of Customer Insights has no " + CUSTOMER + ": refresh it, and run again.");
    }
    return id;
  }

  private static String selected(Collection<String> columns) {
    StringBuilder selected = new StringBuilder(CUSTOMER);
    for (Iterator<String> each = columns.iterator(); each.hasNext(); ) {
      String column = each.next();
      if (!column.equals(CUSTOMER)) {
        selected.append(',').append(column);
      }
    }
    return selected.toString();
  }

  /** Returns a text as OData writes it, in quotes that are doubled inside. */
  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String encoded(String option) {
    return URLEncoder.encode(option, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
