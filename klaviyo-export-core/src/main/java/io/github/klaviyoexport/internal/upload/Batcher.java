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
final class Batcher {
  private final ListId list;
  private final int batchSize;
  private final ProfileWriter writer;
  private final Fingerprint fingerprint;
  private final RunCounts counts;
  private final Consumer<Rejection> rejections;
  private final Consumer<Filled> full;
  private final SeenIdentifiers seen;
  private final PendingWork pending;
  private final List<Rejection> found = new ArrayList<>();
  private Batch batch;
  private RowKeys keys = new RowKeys();
  private int group = PendingWork.NO_GROUP;
  private @Nullable String position;

  /** A batch that is ready to go, the customers of its rows, and what reading had found by then. */
  record Filled(Batch batch, RowKeys keys, Checkpoint checkpoint) {}

  /**
   * Creates a batcher with nothing in it.
   *
   * @param batchSize the most profiles of a batch
   * @param pending what there is to do, which is all unless a previous run has done some of it
   * @param rejections takes what is set aside, after it is counted
   * @param full takes each batch that is ready to go
   */
  Batcher(
      ListId list,
      int batchSize,
      FieldMapping mapping,
      Fingerprint fingerprint,
      RunCounts counts,
      PendingWork pending,
      Consumer<Rejection> rejections,
      Consumer<Filled> full) {
    this.list = list;
    this.batchSize = batchSize;
    this.writer = new ProfileWriter(mapping);
    this.fingerprint = fingerprint;
    this.counts = counts;
    this.pending = pending;
    this.seen = pending.seen();
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
      fingerprint.of(writer.identifierKind(), writer.identifier());
      duplicate = !seen.add(fingerprint);
      if (!duplicate && !pending.isSettled(fingerprint)) {
        add(profile.id());
      }
    }
    counts.read();
    if (duplicate) {
      // What is wrong with a duplicate's fields is of no consequence.
      counts.duplicate();
    } else {
      found.forEach(counts::rejectedByUs);
      found.forEach(rejections);
    }
    position = after;
    if (batch.isFull()) {
      flush();
    }
  }

  private void add(String customerId) {
    int itsGroup = pending.groupOf(fingerprint);
    if (itsGroup != group) {
      flush();
      group = itsGroup;
    }
    if (!batch.add(writer.bytes(), writer.length())) {
      flush();
      batch.add(writer.bytes(), writer.length());
    }
    keys.add(customerId, fingerprint);
  }

  /** Hands on what there is, full or not. */
  void flush() {
    if (batch.rows() > 0) {
      Filled filled = new Filled(batch, keys, counts.checkpoint(position));
      batch = new Batch(list, batchSize);
      keys = new RowKeys();
      full.accept(filled);
    }
  }

  /** Returns how many rows are in no batch that was handed on. */
  int rows() {
    return batch.rows();
  }

  /** Passes on the customers of those rows. */
  void eachCustomer(Consumer<String> customer) {
    keys.eachCustomer(customer);
  }
}
