package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills batches: writes each profile once, leaves duplicates out, and hands on what is full.
 *
 * <p>Batches are filled in the order of the source, as full as that order allows.
 */
public final class Batcher {
  private final ListId list;
  private final int batchSize;
  private final ProfileWriter writer;
  private final Fingerprint fingerprint;
  private final RunCounts tally;
  private final Consumer<Rejection> rejections;
  private final Consumer<Filled> full;
  private final SeenIdentifiers seen;
  private final PendingWork remaining;
  private final List<Rejection> found = new ArrayList<>();
  private Batch batch;
  private RowKeys keys = new RowKeys();
  private int group = PendingWork.NO_GROUP;
  private @Nullable String position;

  /** A batch that is ready to go, whose its rows are, and what reading had found by its last. */
  public record Filled(Batch batch, RowKeys keys, Checkpoint checkpoint) {}

  /**
   * A batcher with nothing in it.
   *
   * @param batchSize the most profiles of a batch
   * @param remaining what there is to do, which is all unless an earlier run has done some of it
   * @param rejections takes what is set aside, after it is counted
   * @param full takes each batch that is ready to go
   */
  public Batcher(
      ListId list,
      int batchSize,
      FieldMapping mapping,
      Fingerprint fingerprint,
      RunCounts tally,
      PendingWork remaining,
      Consumer<Rejection> rejections,
      Consumer<Filled> full) {
    this.list = list;
    this.batchSize = batchSize;
    this.writer = new ProfileWriter(mapping);
    this.fingerprint = fingerprint;
    this.tally = tally;
    this.remaining = remaining;
    this.seen = remaining.seen();
    this.rejections = rejections;
    this.full = full;
    this.batch = new Batch(list, batchSize);
  }

  /**
   * Takes the next profile.
   *
   * @param after where the source stands behind it, if it can say
   */
  void take(CustomerProfile profile, @Nullable String after) {
    found.clear();
    boolean duplicate = false;
    if (writer.write(profile, found::add)) {
      fingerprint.compute(writer.identifierKind(), writer.identifier());
      duplicate = !seen.add(fingerprint.lane0(), fingerprint.lane1());
      if (!duplicate && !remaining.isSettled(fingerprint.lane0(), fingerprint.lane1())) {
        add(profile.id());
      }
    }
    tally.read();
    if (duplicate) {
      // What is wrong with a duplicate's fields is of no consequence.
      tally.duplicate();
    } else {
      found.forEach(tally::rejectedByUs);
      found.forEach(rejections);
    }
    position = after;
    if (batch.isFull()) {
      flush();
    }
  }

  private void add(String customerId) {
    int itsGroup = remaining.groupOf(fingerprint.lane1());
    if (itsGroup != group) {
      flush();
      group = itsGroup;
    }
    if (!batch.add(writer.bytes(), writer.length())) {
      flush();
      batch.add(writer.bytes(), writer.length());
    }
    keys.add(customerId, fingerprint.lane0(), fingerprint.lane1());
  }

  /** Hands on what there is, full or not. */
  void flush() {
    if (batch.rows() > 0) {
      Filled filled = new Filled(batch, keys, tally.checkpoint(position));
      batch = new Batch(list, batchSize);
      keys = new RowKeys();
      full.accept(filled);
    }
  }

  /** Rows that are in no batch handed on. */
  public int rows() {
    return batch.rows();
  }

  /** The customers of those rows. */
  public void eachCustomer(Consumer<String> customer) {
    keys.eachCustomer(customer);
  }
}
