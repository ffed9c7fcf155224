package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.ListVerificationData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A comparison of a list with a segment, made by reading both and changing nothing: who is missing
 * from the list, and who is in it and not in the segment.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="verify"}
 *
 * <p>A customer is a member if the list shows one of its identifiers as they would be sent, or if
 * Klaviyo has a profile with its email address that is a member under another one. Members that
 * join while it is made are not told as unexpected.
 *
 * <p>Where the source gives a part of the segment only, such as the customers that changed, only
 * who is missing is told: everybody else in the list may be in the rest of the segment.
 *
 * <p>Immutable and safe for use by many threads. It holds ids and counts, and no personal data but
 * what ids hold.
 */
public sealed interface ListVerification permits ListVerificationData {
  /** How many ids of each kind a verification keeps. */
  int MAX_IDS = 1_000;

  /** Returns the segment. */
  Segment segment();

  /** Returns the list. */
  ListId list();

  /** Returns when it began, by the exporter's clock. */
  Instant startedAt();

  /** Returns how long it took. */
  Duration took();

  /**
   * Returns how many customers of the segment can be members: those whose profile an export sends,
   * each once.
   */
  long customers();

  /** Returns how many customers an export rejects before it sends them, so that they cannot be. */
  long rejected();

  /** Returns how many members the list has. */
  long members();

  /** Returns how many customers that can be members are not. */
  long missing();

  /**
   * Returns whether the whole segment was compared, and not a part of it. Of a part no member is
   * unexpected or undecided, and it is not known whether the list is equal.
   */
  boolean isWhole();

  /** Returns how many members are not in the segment. */
  long unexpected();

  /**
   * Returns how many members may be customers of the segment whose email address or phone number
   * cannot be read, so that it cannot be told.
   */
  long undecided();

  /** Returns the ids of customers that are missing, the first {@value #MAX_IDS} of them. */
  List<String> missingCustomers();

  /** Returns Klaviyo's ids of members that are unexpected, the first {@value #MAX_IDS} of them. */
  List<String> unexpectedMembers();

  /** Returns Klaviyo's ids of members that are undecided, the first {@value #MAX_IDS} of them. */
  List<String> undecidedMembers();

  /** Returns what it took of network and quota; of a run's, the run's by then. */
  ExportReport.Traffic traffic();

  /**
   * Returns whether the list is the segment: the whole of it was compared, no customer is missing,
   * and no member unexpected or undecided.
   */
  boolean isEqual();

  /**
   * Returns it as one JSON object, for machines. Customers' ids that are email addresses are not
   * shown in it; {@link #missingCustomers()} has them.
   */
  String toJson();

  /** Returns the figures in a few lines, for people and logs, without ids. */
  @Override
  String toString();
}
