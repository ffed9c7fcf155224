package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to Klaviyo, until every row of it has been taken over or set aside.
 *
 * <p>Klaviyo refuses a request whole when one row of it is bad. So the rows it names are repaired
 * or set aside and the rest is sent again; where it names none, the batch is halved until the bad
 * row stands alone. Each answer settles at least one row or halves what is left, so this ends; and
 * {@link #MAX_UNNAMED_IN_A_ROW} refusals that name no row, with nothing taken over in between, show
 * that it is not the rows that Klaviyo minds.
 */
final class Delivery {
  static final int MAX_UNNAMED_IN_A_ROW = 64;

  private final RunContext run;
  private final JobWatcher watcher;
  private final int number;
  private final Batch batch;
  private final RowKeys keys;
  private final Consumer<Delivery> delivered;
  private final byte[] @Nullable [] repaired;
  private final BitSet settled = new BitSet();
  private final Deque<int[]> parts = new ArrayDeque<>();
  private int[] underWay = {};
  private int unknownRows;
  private int unnamedInARow;
  private boolean listRechecked;

  /**
   * Creates the delivery of a batch.
   *
   * @param watcher watches the jobs that Klaviyo makes of it
   * @param number the number of the batch in the run
   * @param delivered hears of it when the batch needs no more care
   */
  Delivery(
      RunContext run,
      JobWatcher watcher,
      int number,
      Batch batch,
      RowKeys keys,
      Consumer<Delivery> delivered) {
    this.run = run;
    this.watcher = watcher;
    this.number = number;
    this.batch = batch;
    this.keys = keys;
    this.delivered = delivered;
    this.repaired = new byte[batch.rows()][];
    parts.add(IntStream.range(0, batch.rows()).toArray());
  }

  /** Sends what is left, one part after the other. */
  void proceed() {
    parts.removeIf(rows -> rows.length == 0);
    if (parts.isEmpty() && unknownRows == 0) {
      delivered.accept(this);
      return;
    }
    if (parts.size() > 1 && run.maySend()) {
      // A crash while a part is under way would leave no trace of how many profiles it had.
      run.recorder().inDoubt(parts.element().length);
    }
    if (run.maySend()) {
      int[] rows = parts.remove();
      underWay = rows;
      List<ByteBuffer> body = batch.body(rows, repaired);
      run.klaviyo()
          .importProfiles(
              body,
              () -> run.recorder().inDoubt(rows.length),
              new LostJobSearch(run, watcher, rows.length)::find,
              reply -> {
                underWay = new int[0];
                ended(rows, body, reply);
              });
    }
  }

  /** Returns whether an answer is awaited. */
  boolean isUnderWay() {
    return underWay.length > 0;
  }

  /** Returns how many rows are still to be handed over. */
  int unsentRows() {
    return batch.rows() - settled.cardinality() - unknownRows();
  }

  /** Returns how many rows were sent without an answer, so that Klaviyo may have them or not. */
  int unknownRows() {
    return unknownRows + underWay.length;
  }

  /** Passes on the customers whose rows have been neither taken over nor refused. */
  void eachUnsettled(Consumer<String> customer) {
    for (int row = 0; row < batch.rows(); row++) {
      if (!settled.get(row)) {
        customer.accept(keys.customerId(row));
      }
    }
  }

  private void ended(int[] rows, List<ByteBuffer> body, Reply<ImportJob> reply) {
    if (reply instanceof Done<ImportJob> done) {
      unnamedInARow = 0;
      Arrays.stream(rows).forEach(settled::set);
      long bytes = body.stream().mapToLong(ByteBuffer::remaining).sum();
      ImportJob job = done.value();
      watcher.watch(run.recorder().started(job, rows, keys));
      run.recorder().taken(number, rows, job, bytes);
      proceed();
    } else if (reply instanceof Refused<ImportJob> refused) {
      refused(rows, refused);
    } else if (reply instanceof Unanswered<ImportJob> unanswered) {
      if (unanswered.maybeDone()) {
        unknownRows += rows.length;
      }
      run.stop(StopCause.unanswered(unanswered.failure()));
    }
  }

  private void refused(int[] rows, Refused<ImportJob> refused) {
    Map<Integer, ApiError> named = new TreeMap<>();
    for (ApiError error : refused.errors()) {
      error.row().ifPresent(row -> named.putIfAbsent(row, error));
    }
    boolean pointsAtRows = !named.isEmpty();
    named.keySet().removeIf(row -> row >= rows.length);
    int status = refused.status();
    // Rows that are pointed at are at fault, whichever of its words for that Klaviyo chooses.
    boolean aboutRows = status == 400 || pointsAtRows && (status == 409 || status == 422);
    if (aboutRows && !named.isEmpty()) {
      unnamedInARow = 0;
      repairOrSetAside(rows, named);
      proceed();
    } else if (aboutRows && !listRechecked) {
      listRechecked = true;
      parts.push(rows);
      run.checkList(() -> halve(parts.remove(), refused));
    } else if (aboutRows || status == 413) {
      halve(rows, refused);
    } else {
      run.stop(StopCause.refused(refused, run.list()));
    }
  }

  /** Puts back the rows without those named, of which some are repaired and come along. */
  private void repairOrSetAside(int[] rows, Map<Integer, ApiError> named) {
    boolean[] setAside = new boolean[rows.length];
    named.forEach(
        (position, error) -> {
          int row = rows[position];
          String attribute = error.attribute();
          String field = run.plan().sourceField(attribute);
          byte[] mended = attribute == null ? null : RowRepair.without(current(row), attribute);
          setAside[position] = mended == null;
          repaired[row] = mended;
          refused(
              row,
              mended == null
                  ? Rejection.ofProfile(keys.customerId(row), field, Reason.REFUSED_BY_KLAVIYO)
                  : Rejection.ofField(
                      keys.customerId(row),
                      field == null ? String.valueOf(attribute) : field,
                      Reason.REFUSED_BY_KLAVIYO),
              error.code());
        });
    parts.push(
        IntStream.range(0, rows.length).filter(i -> !setAside[i]).map(i -> rows[i]).toArray());
  }

  private byte[] current(int row) {
    byte[] mended = repaired[row];
    return mended == null ? batch.row(row) : mended;
  }

  private void refused(int row, Rejection rejection, @Nullable String code) {
    if (rejection.scope() == Rejection.Scope.PROFILE) {
      settled.set(row);
    }
    run.recorder().refused(number, row, rejection.withCode(code));
  }

  private void halve(int[] rows, Refused<ImportJob> refused) {
    if (++unnamedInARow > MAX_UNNAMED_IN_A_ROW) {
      run.stop(
          new StopCause(
              ExportException.Reason.REFUSED,
              "Klaviyo refuses every part of a batch without naming a profile, so it is not the"
                  + " profiles it minds: see the cause for its error code, and ask Klaviyo's"
                  + " support with the error's id",
              refused.asException()));
      return;
    }
    if (rows.length == 1) {
      refused(
          rows[0],
          Rejection.ofProfile(
              keys.customerId(rows[0]),
              null,
              refused.status() == 413 ? Reason.TOO_LARGE : Reason.REFUSED_BY_KLAVIYO),
          refused.errors().isEmpty() ? null : refused.errors().get(0).code());
    } else {
      int middle = rows.length / 2;
      parts.push(Arrays.copyOfRange(rows, middle, rows.length));
      parts.push(Arrays.copyOfRange(rows, 0, middle));
    }
    proceed();
  }
}
