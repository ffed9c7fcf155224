package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.memory.HandedRows;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.LeftOutFields;
import io.github.klaviyoexport.internal.record.Outcomes;
import io.github.klaviyoexport.internal.record.PendingWork;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.row.Batch;
import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.upload.DuplicateFinder.Verdict;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills batches: writes each profile once, leaves duplicates out, and hands on what is full.
 *
 * <p>Batches are filled in the order of the source, as full as that order allows. Rows that Klaviyo
 * may refuse go into batches of their own, so that a refusal costs the others nothing. While rows
 * of one kind wait, what is handed on of the other names no position of the source, because behind
 * it not everything is handed on; so that a run that is cut off need not read far again, doubtful
 * rows wait for {@link #MAX_WAIT} batches of the others at most if the source has positions.
 */
final class Batcher {
  /** So many batches more is what positions cost at most: one in seventeen. */
  static final int MAX_WAIT = 16;

  private final ListId list;
  private final int batchSize;
  private final ProfileWriter writer;
  private final Fingerprint fingerprint;
  private final RunCounts counts;
  private final Consumer<Rejection> rejections;
  private final Outcomes outcomes;
  private final Consumer<Filled> full;
  private final DuplicateFinder duplicates;
  private final PendingWork pending;
  private final RunMemory memory;
  private final List<Rejection> found = new ArrayList<>();
  private final Consumer<Rejection> finding = found::add;
  private final Open ordinary;
  private final Open doubtful;
  private NewRow newRow = (identifier, row, length, leftOut) -> {};
  private int waited;
  private @Nullable String position;
  private ErasedCustomers erased = ErasedCustomers.NONE;

  /**
   * A batch that is ready to go, the customers of its rows, and what reading had found by then.
   *
   * @param handed its rows for the memory; {@code null} without one
   */
  record Filled(
      Batch batch,
      RowKeys keys,
      @Nullable HandedRows handed,
      LeftOutFields leftOut,
      Checkpoint checkpoint) {}

  /** What looks at each row of a customer that did not come before. */
  interface NewRow {
    /**
     * Looks at a row; nothing of it stands after this returns.
     *
     * @param leftOut the kinds of identifiers that were left out because another customer has them
     */
    void seen(Fingerprint identifier, byte[] row, int length, Set<ProfileField> leftOut);
  }

  /** A batch that is being filled with rows of one kind. */
  private final class Open {
    private Batch batch = new Batch(list, batchSize);
    private RowKeys keys = new RowKeys();
    private @Nullable HandedRows handed = memory.rows();
    private LeftOutFields leftOut = new LeftOutFields();
    private int group = PendingWork.NO_GROUP;

    void add(String customerId) {
      int itsGroup = pending.groupOf(fingerprint);
      if (itsGroup != group) {
        handOn(this);
        group = itsGroup;
      }
      if (!batch.add(writer.bytes(), writer.length())) {
        handOn(this);
        batch.add(writer.bytes(), writer.length());
      }
      duplicates.sent(customerId, keys);
      memory.add(writer, handed);
      if (outcomes.areAsked()) {
        found.forEach(field -> leftOut.add(keys.rows() - 1, field));
      }
    }

    boolean isEmpty() {
      return batch.rows() == 0;
    }

    Filled end(boolean atPosition) {
      Filled filled =
          new Filled(batch, keys, handed, leftOut, counts.checkpoint(atPosition ? position : null));
      batch = new Batch(list, batchSize);
      keys = new RowKeys();
      handed = memory.rows();
      leftOut = new LeftOutFields();
      return filled;
    }
  }

  /**
   * Creates a batcher with nothing in it.
   *
   * @param batchSize the most profiles of a batch
   * @param pending what there is to do, which is all unless a previous run has done some of it
   * @param memory what is known of the customers from earlier runs
   * @param rejections takes what is set aside, after it is counted
   * @param outcomes tells what became of a profile that is not sent
   * @param full takes each batch that is ready to go
   */
  Batcher(
      ListId list,
      int batchSize,
      FieldMapping mapping,
      Fingerprint fingerprint,
      RunCounts counts,
      PendingWork pending,
      RunMemory memory,
      Consumer<Rejection> rejections,
      Outcomes outcomes,
      Consumer<Filled> full) {
    this.list = list;
    this.batchSize = batchSize;
    this.writer = new ProfileWriter(mapping, counts.fieldUse());
    this.fingerprint = fingerprint;
    this.counts = counts;
    this.pending = pending;
    this.memory = memory;
    this.duplicates =
        new DuplicateFinder(
            writer, fingerprint, pending.seen(), pending.holders(), outcomes.areAsked());
    this.rejections = rejections;
    this.outcomes = outcomes;
    this.full = full;
    this.ordinary = new Open();
    this.doubtful = new Open();
  }

  /** Sets aside the customers who were erased. */
  void keepOut(ErasedCustomers erased) {
    this.erased = erased;
  }

  private boolean isErased() {
    return erased.contains(writer.identifierKind(), writer.identifier())
        || erased.contains(ProfileField.PHONE_NUMBER, writer.secondary(ProfileField.PHONE_NUMBER))
        || erased.contains(ProfileField.EXTERNAL_ID, writer.secondary(ProfileField.EXTERNAL_ID));
  }

  /** Has each new row shown. */
  void eachNewRow(NewRow look) {
    newRow = look;
  }

  /** Makes room for so many profiles. */
  void expect(long profiles) {
    duplicates.expect(profiles);
  }

  /**
   * Takes the next profile.
   *
   * @param after where the source stands behind it, if it can say
   */
  void take(CustomerProfile profile, @Nullable String after) {
    found.clear();
    boolean written = writer.write(profile, finding);
    Verdict verdict = Verdict.SET_ASIDE;
    if (written && !erased.isEmpty() && isErased()) {
      found.clear();
      found.add(Rejection.ofProfile(profile.id(), null, Reason.ERASED));
    } else if (written) {
      verdict = duplicates.judge(profile, found);
    }
    if (verdict == Verdict.NEW) {
      takeNew(profile.id());
    }
    counts.read();
    if (verdict != Verdict.NEW && outcomes.areAsked()) {
      tellOutcome(profile.id(), verdict);
    }
    if (verdict == Verdict.DUPLICATE) {
      // What is wrong with a duplicate's fields is of no consequence.
      counts.duplicate();
    } else {
      found.forEach(counts::rejectedByUs);
      found.forEach(rejections);
    }
    position = after;
    if (ordinary.batch.isFull()) {
      handOn(ordinary);
    }
    if (doubtful.batch.isFull()) {
      handOn(doubtful);
    }
  }

  /** Tells what became of a profile that is not sent; who is sent has an outcome later. */
  private void tellOutcome(String customerId, Verdict verdict) {
    if (verdict == Verdict.DUPLICATE) {
      outcomes.duplicate(customerId, duplicates.original());
    } else {
      outcomes.setAside(customerId, found.get(0));
    }
  }

  private void takeNew(String customerId) {
    newRow.seen(fingerprint, writer.bytes(), writer.length(), duplicates.leftOut());
    boolean unchanged = memory.meet(writer);
    if (pending.isSettled(fingerprint)) {
      duplicates.skipped(customerId);
    } else if (unchanged && pending.groupOf(fingerprint) == PendingWork.NO_GROUP) {
      counts.unchanged();
      duplicates.skipped(customerId);
      if (outcomes.areAsked()) {
        outcomes.unchanged(customerId, found);
      }
    } else {
      (writer.isDoubtful() ? doubtful : ordinary).add(customerId);
    }
  }

  private void handOn(Open open) {
    if (open.isEmpty()) {
      return;
    }
    if (open == doubtful) {
      waited = 0;
    } else if (!doubtful.isEmpty() && ++waited >= MAX_WAIT && mayCut()) {
      handOn(doubtful);
    }
    full.accept(open.end((open == ordinary ? doubtful : ordinary).isEmpty()));
  }

  /**
   * Returns whether the doubtful rows may be handed on before their batch is full. Those that are
   * sent again must stay together; and without positions it saves nothing.
   */
  private boolean mayCut() {
    return position != null && doubtful.group == PendingWork.NO_GROUP;
  }

  /** Hands on what there is, full or not. */
  void flush() {
    handOn(doubtful);
    handOn(ordinary);
  }

  /** Returns how many rows can be taken before a batch is full. */
  int room() {
    return batchSize - Math.max(ordinary.batch.rows(), doubtful.batch.rows());
  }

  /** Returns how many rows are in no batch that was handed on. */
  int rows() {
    return ordinary.batch.rows() + doubtful.batch.rows();
  }

  /** Passes on the customers of those rows. */
  void eachCustomer(Consumer<String> customer) {
    ordinary.keys.eachCustomer(customer);
    doubtful.keys.eachCustomer(customer);
  }
}
