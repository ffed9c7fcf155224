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
import io.github.klaviyoexport.internal.row.Row;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.run.SourceFailure;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.run.UnsortedSource;
import io.github.klaviyoexport.internal.upload.DuplicateFinder.Verdict;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
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
 *
 * <p>Customers are taken a few at a time: the rows of {@value #AT_ONCE} are written, then all of
 * them are looked up, then it is decided about one after the other. What is done for many in a loop
 * is compiled once, and waits for memory once.
 */
final class Batcher {
  /** So many batches more is what positions cost at most: one in seventeen. */
  static final int MAX_WAIT = 16;

  private static final int AT_ONCE = 32;

  /** So many bytes of rows may be asked of a source at once, as far as rows are alike. */
  private static final int BYTES_AHEAD = 1 << 20;

  private final ListId list;
  private final int batchSize;
  private final ProfileWriter writer;
  private final RunCounts counts;
  private final Consumer<Rejection> rejections;
  private final Outcomes outcomes;
  private final Consumer<Filled> full;
  private final DuplicateFinder duplicates;
  private final PendingWork pending;
  private final RunMemory memory;
  private final Decided decided;

  private final Candidate[] candidates;
  private final Open ordinary;
  private final Open doubtful;
  private NewRow newRow = (identifier, row, length, leftOut) -> {};
  private int waited;

  /** How many rows were written, and how many bytes they have; at first a guess. */
  private long written = 1;

  private long writtenBytes = 4096;
  private @Nullable String position;
  private boolean sorted;
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

  /** What hears of each customer about which was decided. */
  interface Decided {
    /**
     * Hears of a customer, which counts as read now.
     *
     * @param verdict what it is by itself; a new one need not be sent
     * @return whether to go on with those behind it, which else were never read
     */
    boolean decided(Candidate customer, Verdict verdict);
  }

  /** A batch that is being filled with rows of one kind. */
  private final class Open {
    private Batch batch = new Batch(list, batchSize);
    private RowKeys keys = new RowKeys();
    private @Nullable HandedRows handed = memory.rows();
    private LeftOutFields leftOut = new LeftOutFields();
    private int group = PendingWork.NO_GROUP;

    void add(Candidate candidate) {
      int itsGroup = pending.groupOf(candidate.fingerprint());
      if (itsGroup != group) {
        handOn(this);
        group = itsGroup;
      }
      Row row = candidate.row();
      if (!batch.add(row.bytes(), row.length())) {
        handOn(this);
        batch.add(row.bytes(), row.length());
      }
      duplicates.sent(candidate, keys);
      memory.add(row, handed);
      if (outcomes.areAsked()) {
        for (Rejection field : row.rejections()) {
          leftOut.add(keys.rows() - 1, field);
        }
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
   * @param decided hears of each customer about which was decided
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
      Consumer<Filled> full,
      Decided decided) {
    this.list = list;
    this.batchSize = batchSize;
    this.writer = new ProfileWriter(mapping, counts.fieldUse());
    this.counts = counts;
    this.pending = pending;
    this.memory = memory;
    this.rejections = rejections;
    this.outcomes = outcomes;
    this.full = full;
    this.decided = decided;
    Fingerprint secondary = fingerprint.another();
    // What goes on with another run may hand a batch on behind any row, which then must be the last
    // that was read.
    this.candidates = new Candidate[pending.isEverything() ? AT_ONCE : 1];
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] = new Candidate(i, fingerprint.another(), secondary);
    }
    this.duplicates =
        new DuplicateFinder(
            writer, pending.seen(), pending.holders(), outcomes.areAsked(), candidates.length);
    this.ordinary = new Open();
    this.doubtful = new Open();
  }

  /** Sets aside the customers who were erased. */
  void keepOut(ErasedCustomers erased) {
    this.erased = erased;
  }

  /** Has each new row shown. */
  void eachNewRow(NewRow look) {
    newRow = look;
  }

  /** Makes room for so many profiles. */
  void expect(long profiles) {
    duplicates.expect(profiles);
  }

  /** Takes in that the profiles are sorted by email address, which is all that is mapped of it. */
  void sorted() {
    sorted = true;
    duplicates.sorted(pending::mayBeFirst);
  }

  /** Returns why a customer was not taken who was out of order. */
  StopCause whyNotTaken(Candidate candidate) {
    String customerId = candidate.customer().id();
    return duplicates.isAtStart()
        ? UnsortedSource.changed(customerId, counts.profilesRead())
        : UnsortedSource.outOfOrder(customerId, counts.profilesRead());
  }

  /**
   * Takes the customers that a source has given, a few of them, and decides about each.
   *
   * @param reading has read one at least
   * @param most how many may be taken, one at least
   * @param withPositions whether it is to be noted where the source stands behind each
   */
  void take(SegmentReading reading, long most, boolean withPositions) throws SourceFailure {
    int atMost = (int) Math.min(most, candidates.length);
    int count = 0;
    int bytes = 0;
    do {
      CustomerProfile customer = reading.next();
      if (customer == null) {
        break;
      }
      Candidate candidate = candidates[count++];
      if (sorted) {
        counts.fieldUse().mark(candidate.before());
      }
      boolean written = writer.write(customer, candidate.row());
      candidate.take(customer, withPositions ? reading.position() : null, reading.part(), written);
      bytes += candidate.row().length();
    } while (count < atMost
        && reading.hasNext()
        && hasRoomFor(bytes + ProfileWriter.MAX_ROW_BYTES));
    written += count;
    writtenBytes += bytes;
    decide(count);
  }

  /**
   * Takes a customer, and decides about it.
   *
   * @param after where the source stands behind it, if it can say
   * @param part the index of the segment that it came from
   */
  void take(CustomerProfile customer, @Nullable String after, int part) {
    Candidate candidate = candidates[0];
    counts.fieldUse().mark(candidate.before());
    candidate.take(customer, after, part, writer.write(customer, candidate.row()));
    decide(1);
  }

  private void setErasedAside(int count) {
    for (int i = 0; i < count; i++) {
      Candidate candidate = candidates[i];
      if (candidate.isWritten() && isErased(candidate.row()) && !wasSettled(candidate)) {
        candidate.setAside(Rejection.ofProfile(candidate.customer().id(), null, Reason.ERASED));
      }
    }
  }

  /** Returns whether the previous run has sent the customer, which counts as that then. */
  private boolean wasSettled(Candidate candidate) {
    candidate.identify();
    return pending.wasSettled(candidate.fingerprint());
  }

  private boolean isErased(Row row) {
    return erased.contains(row.identifierKind(), row.identifier())
        || erased.contains(ProfileField.PHONE_NUMBER, row.sent(ProfileField.PHONE_NUMBER))
        || erased.contains(ProfileField.EXTERNAL_ID, row.sent(ProfileField.EXTERNAL_ID));
  }

  private boolean hasRoomFor(int bytes) {
    return ordinary.batch.hasRoomFor(bytes) && doubtful.batch.hasRoomFor(bytes);
  }

  private void decide(int count) {
    if (!erased.isEmpty()) {
      setErasedAside(count);
    }
    duplicates.look(candidates, count);
    for (int i = 0; i < count; i++) {
      Candidate candidate = candidates[i];
      Verdict verdict = candidate.isWritten() ? duplicates.judge(candidate) : Verdict.SET_ASIDE;
      if (verdict == Verdict.OUT_OF_ORDER) {
        // Neither it nor what stands behind it is read, so their values do not count.
        counts.fieldUse().returnTo(candidate.before());
        decided.decided(candidate, verdict);
        return;
      }
      if (verdict == Verdict.NEW) {
        Open open = toSend(candidate);
        if (open != null) {
          open.add(candidate);
        }
      } else if (outcomes.areAsked()) {
        tellOutcome(candidate, verdict);
      }
      counts.read();
      if (verdict == Verdict.DUPLICATE) {
        // What is wrong with a duplicate's fields is of no consequence.
        counts.duplicate();
      } else if (!candidate.row().rejections().isEmpty()) {
        candidate.row().rejections().forEach(counts::rejectedByUs);
        candidate.row().rejections().forEach(rejections);
      }
      position = candidate.position();
      if (ordinary.batch.isFull()) {
        handOn(ordinary);
      }
      if (doubtful.batch.isFull()) {
        handOn(doubtful);
      }
      if (!decided.decided(candidate, verdict)) {
        return;
      }
    }
  }

  /** Tells what became of a profile that is not sent; what is sent has an outcome later. */
  private void tellOutcome(Candidate candidate, Verdict verdict) {
    String customerId = candidate.customer().id();
    if (verdict == Verdict.DUPLICATE) {
      outcomes.duplicate(customerId, duplicates.original());
    } else {
      outcomes.setAside(customerId, candidate.row().rejections().get(0));
    }
  }

  /**
   * Returns where the row of a new customer is to be added; {@code null} if it need not be sent.
   */
  private @Nullable Open toSend(Candidate candidate) {
    Row row = candidate.row();
    Fingerprint fingerprint = candidate.fingerprint();
    newRow.seen(fingerprint, row.bytes(), row.length(), duplicates.leftOut());
    if (pending.isSettled(fingerprint)) {
      memory.meetSent(row);
      duplicates.skipped(candidate);
      return null;
    }
    boolean unchanged = memory.meet(row);
    if (unchanged && pending.groupOf(fingerprint) == PendingWork.NO_GROUP) {
      counts.unchanged();
      duplicates.skipped(candidate);
      if (outcomes.areAsked()) {
        outcomes.unchanged(candidate.customer().id(), row.rejections());
      }
      return null;
    }
    return row.isDoubtful() ? doubtful : ordinary;
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

  /**
   * Returns how many customers may be asked of the source at once: what fits into the batch, and no
   * more than take little memory, by the rows so far.
   */
  long wanted() {
    int room = batchSize - Math.max(ordinary.batch.rows(), doubtful.batch.rows());
    return Math.min(room, Math.max(AT_ONCE, BYTES_AHEAD * written / writtenBytes));
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
