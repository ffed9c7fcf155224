package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.internal.Batch;
import io.github.klaviyoexport.klaviyo.internal.ProfileWriter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import java.util.function.Consumer;

/**
 * Fills batches: writes each profile once, leaves duplicates out, and hands on what is full.
 *
 * <p>Batches are filled in the order of the source, as full as that order allows.
 */
final class Batcher {
  private final ListId list;
  private final ProfileWriter writer;
  private final Fingerprint fingerprint;
  private final Consumer<Rejection> rejections;
  private final Runnable duplicates;
  private final Consumer<Filled> full;
  private final SeenIdentifiers seen = new SeenIdentifiers();
  private Batch batch;
  private RowKeys keys = new RowKeys();

  /** A batch that is ready to go, and whose its rows are. */
  record Filled(Batch batch, RowKeys keys) {}

  /**
   * A batcher with nothing in it.
   *
   * @param rejections takes what is set aside
   * @param duplicates is run for each duplicate
   * @param full takes each batch that is ready to go
   */
  Batcher(
      ListId list,
      FieldMapping mapping,
      Fingerprint fingerprint,
      Consumer<Rejection> rejections,
      Runnable duplicates,
      Consumer<Filled> full) {
    this.list = list;
    this.writer = new ProfileWriter(mapping);
    this.fingerprint = fingerprint;
    this.rejections = rejections;
    this.duplicates = duplicates;
    this.full = full;
    this.batch = new Batch(list);
  }

  /** Takes the next profile. */
  void take(CustomerProfile profile) {
    if (!writer.write(profile, rejections)) {
      return;
    }
    fingerprint.compute(writer.identifierKind(), writer.identifier());
    if (!seen.add(fingerprint.lane0(), fingerprint.lane1())) {
      duplicates.run();
      return;
    }
    if (!batch.add(writer.bytes(), writer.length())) {
      flush();
      batch.add(writer.bytes(), writer.length());
    }
    keys.add(profile.id(), fingerprint.lane0());
    if (batch.rows() == Batch.MAX_PROFILES) {
      flush();
    }
  }

  /** Hands on what there is, full or not. */
  void flush() {
    if (batch.rows() > 0) {
      Filled filled = new Filled(batch, keys);
      batch = new Batch(list);
      keys = new RowKeys();
      full.accept(filled);
    }
  }

  /** Rows that are in no batch handed on. */
  int rows() {
    return batch.rows();
  }
}
