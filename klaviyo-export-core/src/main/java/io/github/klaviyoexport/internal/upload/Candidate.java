package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.internal.row.Row;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * A customer that was read, whose row is written, and of which it is still to be decided whether it
 * is sent. Reused from customer to customer.
 */
final class Candidate {
  private final Row row = new Row();
  private final FieldUse.Mark before = new FieldUse.Mark();
  private final int place;
  private final Fingerprint fingerprint;
  private final Fingerprint secondary;
  private @Nullable CustomerProfile customer;
  private @Nullable String position;
  private int part;
  private boolean written;

  /** The second lanes of the fingerprints of phone number and external id. */
  long phone;

  long externalId;

  /**
   * Creates a place for candidates.
   *
   * @param place its number among those that are looked up together
   * @param secondary computes the fingerprints of phone numbers and external ids
   */
  Candidate(int place, Fingerprint fingerprint, Fingerprint secondary) {
    this.place = place;
    this.fingerprint = fingerprint;
    this.secondary = secondary;
  }

  /**
   * Takes a customer whose row was written into this.
   *
   * @param position where the source stands behind it, if it can say
   * @param part the index of the segment that it came from
   * @param written whether there is a row
   */
  void take(CustomerProfile customer, @Nullable String position, int part, boolean written) {
    this.customer = customer;
    this.position = position;
    this.part = part;
    this.written = written;
  }

  /** Sets the customer aside, whose row is none then. */
  void setAside(Rejection why) {
    written = false;
    row.rejections().clear();
    row.rejections().add(why);
  }

  /** Computes the fingerprint of the row's first identifier. */
  void identify() {
    fingerprint.of(row.identifierKind(), row.identifier());
  }

  /** Computes the lanes of phone number and external id. */
  void identifySecondaries() {
    phone = lane(ProfileField.PHONE_NUMBER);
    externalId = lane(ProfileField.EXTERNAL_ID);
  }

  private long lane(ProfileField kind) {
    String text = row.sent(kind);
    return text == null ? RowKeys.NONE : secondary.of(kind, text).lane1();
  }

  /** Returns the mark for the use of fields before its row was written. */
  FieldUse.Mark before() {
    return before;
  }

  /** Returns its number among those that are looked up together. */
  int place() {
    return place;
  }

  /** Returns the row, which is one if it {@link #isWritten}. */
  Row row() {
    return row;
  }

  /** Returns whether there is a row. */
  boolean isWritten() {
    return written;
  }

  /** Returns the fingerprint of the row's first identifier. */
  Fingerprint fingerprint() {
    return fingerprint;
  }

  /** Returns the customer. */
  CustomerProfile customer() {
    if (customer == null) {
      throw new IllegalStateException("There is no customer.");
    }
    return customer;
  }

  /** Returns where the source stands behind the customer, if it can say. */
  @Nullable String position() {
    return position;
  }

  /** Returns the index of the segment that the customer came from. */
  int part() {
    return part;
  }
}
