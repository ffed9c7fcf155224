package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.LeftOutFields;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one batch on its way to Klaviyo: what each is sent as, and which are settled, since
 * they have been taken over or set aside.
 */
final class DeliveredRows {
  private final RunContext run;
  private final int number;
  private final Batch batch;
  private final RowKeys keys;
  private final LeftOutFields leftOutFields;
  private final byte[] @Nullable [] repaired;
  private final BitSet settled = new BitSet();
  private final BitSet inDoubt = new BitSet();

  /**
   * Creates the rows of a batch, none of which is settled.
   *
   * @param number the number of the batch in the run
   */
  DeliveredRows(RunContext run, int number, Batcher.Filled filled) {
    this.run = run;
    this.number = number;
    this.batch = filled.batch();
    this.keys = filled.keys();
    this.leftOutFields = filled.leftOut();
    this.repaired = new byte[batch.rows()][];
  }

  /** Returns the number of the batch in the run. */
  int batch() {
    return number;
  }

  /** Returns how many rows there are. */
  int count() {
    return batch.rows();
  }

  /** Returns how many bytes a request with all rows has, as they were written. */
  long bodyBytes() {
    return batch.bodyBytes();
  }

  /** Returns the body of a request with some rows, as they are now. */
  List<ByteBuffer> body(int[] rows) {
    return batch.body(rows, repaired);
  }

  /** Returns a row as it is now. */
  byte[] current(int row) {
    byte[] mended = repaired[row];
    return mended == null ? batch.row(row) : mended;
  }

  /** Returns how many rows are not settled. */
  int unsettled() {
    return batch.rows() - settled.cardinality();
  }

  /** Notes that rows were sent without an answer, so that Klaviyo may have them or not. */
  void doubt(int[] rows) {
    Arrays.stream(rows).forEach(inDoubt::set);
  }

  /**
   * Returns the rows that Klaviyo may have or not.
   *
   * @param underWay the rows on which an answer is awaited
   */
  BitSet unknown(int[] underWay) {
    BitSet unknown = (BitSet) inDoubt.clone();
    Arrays.stream(underWay).forEach(unknown::set);
    unknown.andNot(settled);
    return unknown;
  }

  /** Passes on the customers whose rows are not settled, and whether they were sent. */
  void eachUnsettled(int[] underWay, BiConsumer<String, Why> customer) {
    BitSet unknown = unknown(underWay);
    for (int row = 0; row < batch.rows(); row++) {
      if (!settled.get(row)) {
        customer.accept(keys.customerId(row), unknown.get(row) ? Why.UNANSWERED : Why.UNSENT);
      }
    }
  }

  /** Notes that Klaviyo has taken over rows with a job; returns the job with its rows. */
  PreviousRun.OpenJob taken(int[] rows, ImportJob job) {
    Arrays.stream(rows).forEach(settled::set);
    return run.recorder().started(job, number, rows, keys, changed(), leftOutFields);
  }

  /** Returns the rows that are not sent as they were written. */
  private BitSet changed() {
    BitSet changed = new BitSet();
    for (int row = 0; row < repaired.length; row++) {
      if (repaired[row] != null) {
        changed.set(row);
      }
    }
    return changed;
  }

  /**
   * Takes an attribute that Klaviyo has refused out of a row; sets the row aside if it cannot do
   * without.
   *
   * @return whether the row is still to be sent
   */
  boolean repair(int row, String attribute, @Nullable String code) {
    byte[] mended = RowRepair.without(current(row), attribute);
    repaired[row] = mended;
    if (mended == null) {
      setAside(row, attribute, Reason.REFUSED_BY_KLAVIYO, code);
    } else {
      refusedField(row, attribute, Reason.REFUSED_BY_KLAVIYO, code);
    }
    return mended != null;
  }

  /**
   * Takes an attribute out of a row that is refused in others. A row that is known by nothing else
   * is sent as it is: Klaviyo has refused others, not it.
   */
  void leaveOut(int row, String attribute) {
    byte[] mended = RowRepair.without(current(row), attribute);
    if (mended != null) {
      repaired[row] = mended;
      refusedField(row, attribute, Reason.REFUSED_TOO_OFTEN, null);
    }
  }

  private void refusedField(int row, String attribute, Reason reason, @Nullable String code) {
    String field = run.plan().sourceField(attribute);
    Rejection rejection =
        Rejection.ofField(keys.customerId(row), field == null ? attribute : field, reason)
            .withCode(code);
    List<Rejection> before = leftOutFields.of(row);
    if (run.recorder().outcomes().areAsked()) {
      leftOutFields.add(row, rejection);
    }
    run.recorder().refused(number, row, keys.customerId(row), rejection, before);
  }

  /**
   * Sets a row aside, which is not sent any more.
   *
   * @param attribute what is at fault; {@code null} if that is not known
   */
  void setAside(int row, @Nullable String attribute, Reason reason, @Nullable String code) {
    String field = attribute == null ? null : run.plan().sourceField(attribute);
    Rejection rejection = Rejection.ofProfile(keys.customerId(row), field, reason).withCode(code);
    settled.set(row);
    run.recorder().refused(number, row, keys.customerId(row), rejection, leftOutFields.of(row));
  }
}
