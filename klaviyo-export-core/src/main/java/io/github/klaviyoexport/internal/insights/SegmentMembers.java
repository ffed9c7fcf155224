package io.github.klaviyoexport.internal.insights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.internal.insights.Tables.Pages;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The customers of a segment at one moment, as fingerprints of their ids, and which of them have
 * been given out: 20 to 28 bytes each, so that the size of a segment hardly matters.
 */
final class SegmentMembers {
  private final SeenIdentifiers members = new SeenIdentifiers();
  private final SeenIdentifiers given = new SeenIdentifiers();
  private final Fingerprint fingerprint;
  private long size;
  private long left;

  private SegmentMembers() {
    SecureRandom random = new SecureRandom();
    fingerprint = new Fingerprint(random.nextLong(), random.nextLong());
  }

  /** Reads who is in a segment. */
  static SegmentMembers read(Tables tables, String segment) throws IOException {
    SegmentMembers members = new SegmentMembers();
    Pages pages = tables.members(segment);
    for (List<JsonNode> rows = pages.next(); rows != null; rows = pages.next()) {
      for (JsonNode row : rows) {
        members.add(Tables.customer(row));
      }
    }
    return members;
  }

  private void add(String customer) {
    if (members.add(of(customer))) {
      size++;
      left++;
    }
  }

  /** Returns how many customers there are. */
  long size() {
    return size;
  }

  /** Returns how many of them have not been given out. */
  long left() {
    return left;
  }

  /** Gives a customer out, once; returns whether it is one of the segment's and the first time. */
  boolean giveOut(String customer) {
    Fingerprint id = of(customer);
    if (!members.contains(id) || !given.add(id)) {
      return false;
    }
    left--;
    return true;
  }

  /** Returns the customers of some memberships that are given out with this. */
  List<String> giveOut(List<JsonNode> memberships) throws IOException {
    List<String> customers = new ArrayList<>();
    for (JsonNode row : memberships) {
      String customer = Tables.customer(row);
      if (giveOut(customer)) {
        customers.add(customer);
      }
    }
    return customers;
  }

  private Fingerprint of(String customer) {
    return fingerprint.of(ProfileField.EXTERNAL_ID, customer);
  }
}
