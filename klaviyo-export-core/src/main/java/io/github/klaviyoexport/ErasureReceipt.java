package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.report.ErasureData;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A receipt for the erasure of one customer, to be kept as evidence: what was asked for, when, what
 * Klaviyo answered, and which stores were changed.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="erasure"}
 *
 * <p>It is immutable, safe for use by many threads, and holds no identifier: you know whom it is
 * for.
 */
public sealed interface ErasureReceipt permits ErasureData {
  /** Returns when it was asked for, by the exporter's clock. */
  Instant at();

  /** Returns what Klaviyo answered, by the kinds of identifiers that were given. */
  Map<Kind, Answer> answers();

  /**
   * Returns whether the memory keeps in mind that the customer was erased, so that later exports
   * set the customer aside.
   */
  boolean isKeptOut();

  /** Returns the keys of the logs of the memory in which the customer was, and is no more. */
  List<String> memoriesChanged();

  /** Returns the keys of the logs of the journal that were deleted: those of runs that are over. */
  List<String> journalsDeleted();

  /** Returns what is left to do, and how, in sentences; empty when nothing is. */
  List<String> leftToDo();

  /**
   * Returns whether nothing is left to do: Klaviyo has answered to every identifier, no log was in
   * use, no run unfinished, no import under way, and the customer is kept out of later exports.
   */
  boolean isComplete();

  /** Returns the receipt as one JSON object. */
  String toJson();

  /** Returns the receipt in a few lines, for people. */
  @Override
  String toString();

  /** What Klaviyo answered to a request to delete a profile. */
  enum Answer {
    /** Klaviyo deletes the profile, which takes it a while. */
    REQUESTED,
    /** Klaviyo knows no such profile. */
    UNKNOWN,
    /** Klaviyo was asked, and refused or gave no usable answer: ask again. */
    FAILED,
    /** Klaviyo was not asked, since it had given no usable answer before: ask again. */
    NOT_ASKED
  }
}
