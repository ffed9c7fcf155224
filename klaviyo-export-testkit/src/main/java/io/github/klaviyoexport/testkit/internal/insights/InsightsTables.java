package io.github.klaviyoexport.testkit.internal.insights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rows that Customer Insights has written: unified profiles, and who is in which segments. */
public final class InsightsTables {
  static final String CUSTOMER = "msdynci_customerid";
  static final String SEGMENTS = "msdynci_segments";

  private final Map<String, Map<String, @Nullable Object>> profiles = new LinkedHashMap<>();
  private final Map<String, Set<String>> segmentsOf = new LinkedHashMap<>();
  private final Set<String> columns = new TreeSet<>(Set.of(CUSTOMER));
  private final long seed;
  private final int repeatEvery;

  /**
   * Creates empty tables.
   *
   * @param seed decides the order in which rows come, which is another for each query
   * @param repeatEvery every so many rows, one comes twice; 0 for none
   */
  public InsightsTables(long seed, int repeatEvery) {
    this.seed = seed;
    this.repeatEvery = repeatEvery;
  }

  /** Adds a unified profile, or replaces it. */
  public synchronized void put(String customer, Map<String, ?> values) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>(values);
    row.put(CUSTOMER, customer);
    columns.addAll(row.keySet());
    profiles.put(customer, row);
  }

  /** Adds customers to a segment, whether they have profiles or not. */
  public synchronized void add(String segment, Collection<String> customers) {
    for (String customer : customers) {
      segmentsOf.computeIfAbsent(customer, id -> new LinkedHashSet<>()).add(segment);
    }
  }

  /** Takes customers out of a segment. */
  public synchronized void remove(String segment, Collection<String> customers) {
    for (String customer : customers) {
      Set<String> segments = segmentsOf.get(customer);
      if (segments != null && segments.remove(segment) && segments.isEmpty()) {
        segmentsOf.remove(customer);
      }
    }
  }

  /** Returns how many profiles there are. */
  synchronized int profiles() {
    return profiles.size();
  }

  /** Returns whether profiles have that column. */
  synchronized boolean hasColumn(String column) {
    return columns.contains(column);
  }

  /** Returns the customers of a segment, or all that are in any, in the order of that query. */
  synchronized List<String> members(@Nullable String segment, String query) {
    List<String> members = new ArrayList<>();
    segmentsOf.forEach(
        (customer, segments) -> {
          if (segment == null || segments.contains(segment)) {
            members.add(customer);
          }
        });
    return inOrderOf(query, members);
  }

  /** Returns the segments of a customer, as the column shows them. */
  synchronized List<String> segments(String customer) {
    return List.copyOf(segmentsOf.getOrDefault(customer, Set.of()));
  }

  /** Returns the customers with profiles, of some or of all, in the order of that query. */
  synchronized List<String> customers(@Nullable Collection<String> some, String query) {
    List<String> found = new ArrayList<>(some == null ? profiles.keySet() : new TreeSet<>(some));
    found.retainAll(profiles.keySet());
    return inOrderOf(query, found);
  }

  /** Returns what a profile has in a column. */
  synchronized @Nullable Object value(String customer, String column) {
    Map<String, @Nullable Object> row = profiles.get(customer);
    return row == null ? null : row.get(column);
  }

  private List<String> inOrderOf(String query, List<String> customers) {
    Collections.shuffle(customers, new Random(seed ^ query.hashCode()));
    if (repeatEvery > 0) {
      for (int i = 0, once = customers.size(); i < once; i += repeatEvery) {
        customers.add(customers.get(i));
      }
    }
    return customers;
  }
}
