package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.internal.insights.Tables.Pages;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the unified profiles of a segment.
 *
 * <p>Who is in the segment is read first, so that the size is known and a customer comes once. Then
 * the profiles come by the shorter of two ways: those of the segment by their ids, a hundred a
 * call, or all there are, a page a call, of which those of the segment are taken.
 */
public final class InsightsReader implements ProfileReader {
  /** How many ids one call asks for: longer conditions make URLs that servers refuse. */
  static final int IDS_PER_CALL = 100;

  private static final Unreadable NO_PROFILE =
      Unreadable.because("is in the segment and has no unified profile");

  private final Tables tables;
  private final String segment;
  private final FieldNames columns;
  private final SegmentMembers members;
  private final Deque<CustomerProfile> ready = new ArrayDeque<>();

  /** All profiles, if they are read and not over; the segment's memberships otherwise. */
  private Pages pages;

  private boolean readsAll;
  private Deque<String> toAskFor = new ArrayDeque<>();

  private InsightsReader(
      Tables tables, String segment, FieldNames columns, SegmentMembers members, boolean readsAll) {
    this.tables = tables;
    this.segment = segment;
    this.columns = columns;
    this.members = members;
    this.readsAll = readsAll;
    this.pages = readsAll ? tables.profiles(columns.names()) : tables.members(segment);
  }

  /**
   * Opens a segment.
   *
   * @throws IOException if it cannot be read, or no customer is in it
   */
  public static InsightsReader open(Tables tables, String segment, FieldNames columns)
      throws IOException {
    SegmentMembers members = SegmentMembers.read(tables, segment);
    if (members.size() == 0) {
      throw new IOException(
          "No customer of Customer Insights is in the segment '"
              + segment
              + "': check that it is spelled as the segment's output table, that it is active, and"
              + " that it has been refreshed.");
    }
    return new InsightsReader(
        tables, segment, columns, members, takesFewerCallsToReadAll(tables, members.size()));
  }

  private static boolean takesFewerCallsToReadAll(Tables tables, long customers)
      throws IOException {
    if (customers <= IDS_PER_CALL) {
      return false;
    }
    OptionalLong all = tables.profileCount();
    long pageSize = tables.pageSize();
    long callsById = calls(customers, pageSize) + calls(customers, IDS_PER_CALL);
    // Where they are not counted, there may be ten times as many as the segment has.
    return calls(all.orElse(customers * 10), pageSize) < callsById;
  }

  private static long calls(long rows, long rowsPerCall) {
    return (rows + rowsPerCall - 1) / rowsPerCall;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    while (ready.isEmpty()) {
      if (!(readsAll ? readProfiles() : askForProfiles())) {
        return null;
      }
    }
    return ready.poll();
  }

  /** Takes the segment's customers from a page of all profiles. */
  private boolean readProfiles() throws IOException {
    List<JsonNode> rows = members.left() == 0 ? null : pages.next();
    if (rows == null) {
      // Those that are left have no profile: their ids come from the memberships again.
      readsAll = false;
      pages = tables.members(segment);
      return members.left() > 0;
    }
    for (JsonNode row : rows) {
      String customer = Tables.customer(row);
      if (members.giveOut(customer)) {
        ready.add(profile(customer, row));
      }
    }
    return true;
  }

  /** Asks for the profiles of the next customers. */
  private boolean askForProfiles() throws IOException {
    while (toAskFor.isEmpty()) {
      List<JsonNode> rows = members.left() == 0 ? null : pages.next();
      if (rows == null) {
        return false;
      }
      toAskFor = new ArrayDeque<>(members.giveOut(rows));
    }
    Map<String, @Nullable CustomerProfile> asked = new LinkedHashMap<>();
    while (asked.size() < IDS_PER_CALL && !toAskFor.isEmpty()) {
      asked.put(toAskFor.remove(), null);
    }
    Pages found = tables.profiles(columns.names(), asked.keySet());
    for (List<JsonNode> rows = found.next(); rows != null; rows = found.next()) {
      for (JsonNode row : rows) {
        String customer = Tables.customer(row);
        if (asked.containsKey(customer)) {
          asked.put(customer, profile(customer, row));
        }
      }
    }
    asked.forEach(
        (customer, profile) ->
            ready.add(
                profile == null ? CustomerProfile.unreadable(customer, NO_PROFILE) : profile));
    return true;
  }

  private CustomerProfile profile(String customer, JsonNode row) {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = RowJson.value(row.path(columns.names().get(i)));
    }
    return CustomerProfile.of(customer, columns, values);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(members.size());
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(columns);
  }
}
