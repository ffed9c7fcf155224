package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.memory.HandedRows;
import io.github.klaviyoexport.internal.memory.Known;
import io.github.klaviyoexport.internal.memory.LastRun;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.memory.RowDigest;
import io.github.klaviyoexport.internal.memory.RunFacts;
import io.github.klaviyoexport.internal.record.BatchRows;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.row.Row;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a run does with its memory: it asks which rows have not changed, says which are about to be
 * sent, and which Klaviyo has confirmed. Without a memory every row is sent and nothing is kept.
 *
 * <p>A row is looked at without allocating anything. When the memory fails, the run stops.
 *
 * <p>Belongs to the run's thread.
 */
public final class RunMemory {
  private static final int BITS = 32;
  private static final SizeGuard ANY_SIZE =
      new SizeGuard(Double.POSITIVE_INFINITY, 0, Instant.EPOCH);
  private static final RunMemory NONE = new RunMemory(null, false, 0, 0, ANY_SIZE, "", c -> {});

  private final @Nullable Remembered remembered;
  private final String run;
  private final Consumer<StopCause> failed;
  private final boolean leavesOut;
  private SizeGuard sizeGuard;

  /** Of the unchanged, those are sent whose fingerprints begin with one of so many numbers. */
  private final long resent;

  /** The first of those numbers; with each run they begin where those of the run before ended. */
  private final long resentFrom;

  private final @Nullable Fingerprint fingerprint;
  private final @Nullable RowDigest digest;

  /** By what those members are known that show no customer's first identifier. */
  private final SeenIdentifiers listedOtherwise = new SeenIdentifiers();

  private long rowFingerprint;
  private long rowDigest;
  private boolean listRead;

  /** How many members the list had when it was looked at, and how many of them were remembered. */
  private long membersThen = RunFacts.UNKNOWN;

  private long rememberedThen;
  private boolean ofPart;
  private boolean olderMayCome;
  private boolean broken;

  /**
   * Creates what a run does with its memory.
   *
   * @param remembered the memory; {@code null} if there is none
   * @param run the id of the run
   * @param failed hears of it, once, when the memory fails
   */
  public RunMemory(
      @Nullable Remembered remembered,
      ExportSettings settings,
      String run,
      Consumer<StopCause> failed) {
    this(
        remembered,
        settings.sending() == Sending.CHANGED_ONLY,
        settings.resendShare(),
        settings.resendAllEvery(),
        sizeGuard(settings, remembered == null ? null : remembered.last()),
        run,
        failed);
  }

  private RunMemory(
      @Nullable Remembered remembered,
      boolean changedOnly,
      double resendShare,
      int resendAllEvery,
      SizeGuard sizeGuard,
      String run,
      Consumer<StopCause> failed) {
    this.remembered = remembered;
    this.run = run;
    this.failed = failed;
    this.fingerprint = remembered == null ? null : remembered.fingerprint();
    this.digest = remembered == null ? null : remembered.digest();
    LastRun last = remembered == null ? null : remembered.last();
    int number = last == null ? 0 : last.runsSinceEverything() + 1;
    this.leavesOut = changedOnly && (resendAllEvery == 0 || number < resendAllEvery);
    this.resent = (long) Math.ceil(resendShare * (1L << BITS));
    this.resentFrom = number * resent;
    this.sizeGuard = sizeGuard;
  }

  /** Returns what a run does without a memory. */
  public static RunMemory none() {
    return NONE;
  }

  private static SizeGuard sizeGuard(ExportSettings settings, @Nullable LastRun last) {
    return new SizeGuard(
        settings.maxSizeChange(),
        last == null ? 0 : last.customers(),
        last == null ? Instant.EPOCH : last.ended());
  }

  /** Returns what is remembered; {@code null} without a memory. */
  public @Nullable Remembered remembered() {
    return remembered;
  }

  /**
   * Takes in that the run reads a part of the segment only, which says nothing of the whole: not
   * how large it is, and not when all of it was sent last.
   */
  public void ofPart() {
    if (remembered != null) {
      ofPart = true;
      sizeGuard = ANY_SIZE;
    }
  }

  /** Returns the guard on the segment's size. */
  public SizeGuard sizeGuard() {
    return sizeGuard;
  }

  /** Returns what is to be told of a memory that was damaged; {@code null} if it was not. */
  public @Nullable String damage() {
    return remembered == null ? null : remembered.damage();
  }

  /** Returns a place for the rows of one batch; {@code null} without a memory. */
  public @Nullable HandedRows rows() {
    return remembered == null ? null : remembered.rows();
  }

  /**
   * Returns whether a row need not be sent, because it is what Klaviyo has confirmed last; its
   * customer is met by that.
   */
  public boolean meet(Row row) {
    if (remembered == null || fingerprint == null || digest == null) {
      return false;
    }
    rowFingerprint = fingerprint.of(row.identifierKind(), row.identifier()).lane0();
    rowDigest = digest.of(row.bytes(), row.length());
    Known known = remembered.meet(rowFingerprint, rowDigest);
    if (listRead && known != Known.NEW && !isListed(row, remembered, fingerprint)) {
      // It joins now, unless it is a member that shows late or under another identifier.
      long before = remembered.members();
      remembered.notShown(rowFingerprint);
      rememberedThen -= before - remembered.members();
      return false;
    }
    return known == Known.UNCHANGED && leavesOut && !isDue();
  }

  /** Meets the customer of a row that need not be sent, because it has been already. */
  public void meetSent(Row row) {
    if (remembered != null && fingerprint != null) {
      remembered.meet(fingerprint.of(row.identifierKind(), row.identifier()).lane0(), 0);
    }
  }

  private boolean isListed(Row row, Remembered memory, Fingerprint prints) {
    return memory.isListed(rowFingerprint)
        || isListed(ProfileField.PHONE_NUMBER, row, prints)
        || isListed(ProfileField.EXTERNAL_ID, row, prints);
  }

  private boolean isListed(ProfileField kind, Row row, Fingerprint prints) {
    String text = row.sent(kind);
    if (text == null) {
      return false;
    }
    Identifier identifier = Identifier.of(kind, text);
    return listedOtherwise.contains(prints.of(identifier.kind(), identifier.value()));
  }

  /** Meets a member of the list, by all that it is known by. */
  public void list(List<Identifier> member) {
    if (remembered == null || fingerprint == null) {
      return;
    }
    boolean known = false;
    for (Identifier identifier : member) {
      known |= remembered.list(fingerprint.of(identifier.kind(), identifier.value()).lane0());
    }
    for (Identifier identifier : member) {
      if (!known && identifier.kind() != ProfileField.EMAIL) {
        listedOtherwise.add(fingerprint.of(identifier.kind(), identifier.value()));
      }
    }
  }

  /** Returns whether a member of the list shows that identifier of a remembered customer. */
  public boolean isListed(Identifier identifier) {
    return remembered != null
        && fingerprint != null
        && remembered.isListed(fingerprint.of(identifier.kind(), identifier.value()).lane0());
  }

  /**
   * Takes in that all members of the list have been met: a customer who is none of them is sent,
   * changed or not, because others may have removed what this export has added.
   */
  public void listRead() {
    listRead = true;
  }

  /** Takes in how many members the list has, before anything is sent. */
  public void looked(long members) {
    if (remembered != null) {
      membersThen = members;
      rememberedThen = remembered.members();
    }
  }

  /**
   * Returns how many members the list must have when the run has sent everything and removed so
   * many, if no other has changed it meanwhile; {@link RunFacts#UNKNOWN} if that cannot be told.
   */
  public long membersExpected(long removed) {
    return remembered == null || membersThen == RunFacts.UNKNOWN
        ? RunFacts.UNKNOWN
        : membersThen + remembered.members() - rememberedThen - removed;
  }

  /**
   * Returns by how many more members are remembered than there were when the list was looked at.
   */
  public long membersAdded() {
    return remembered == null ? 0 : remembered.members() - rememberedThen;
  }

  /** Meets a customer of the segment, by all that it is known by. */
  public void meet(Iterable<Identifier> customer) {
    if (remembered != null && fingerprint != null) {
      for (Identifier identifier : customer) {
        remembered.meet(fingerprint.of(identifier.kind(), identifier.value()).lane0(), 0);
      }
    }
  }

  /** Returns whether a customer is remembered under one of these identifiers. */
  public boolean knows(Iterable<Identifier> customer) {
    if (remembered != null && fingerprint != null) {
      for (Identifier identifier : customer) {
        if (remembered.knows(fingerprint.of(identifier.kind(), identifier.value()).lane0())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Passes on remembered customers, see {@link Remembered#eachInQuestion}. */
  public void eachInQuestion(int part, int parts, Consumer<RememberedMember> member) {
    write(memory -> memory.eachInQuestion(part, parts, member));
  }

  /**
   * Forgets the customers who were not met in the segment: they have left the list too.
   *
   * @param stays which of them may be in the list still, by their fingerprints
   */
  public void forgetLeavers(LongPredicate stays) {
    if (remembered != null && remembered.unmet() > 0) {
      write(
          memory ->
              memory.eachUnmet(
                  member -> {
                    if (!stays.test(member.fingerprint())) {
                      memory.gone(member.fingerprint());
                    }
                  }));
    }
  }

  /** Returns whether rows that have not changed are left out. */
  public boolean leavesOut() {
    return leavesOut;
  }

  /** Returns whether it is the customer's turn to be sent although nothing has changed. */
  private boolean isDue() {
    long turn = ((rowFingerprint >>> (Long.SIZE - BITS)) - resentFrom) & ((1L << BITS) - 1);
    return turn < resent;
  }

  /** Adds the row that was met last to those of its batch. */
  public void add(Row row, @Nullable HandedRows rows) {
    if (rows != null) {
      rows.add(
          rowFingerprint,
          rowDigest,
          row.sent(ProfileField.EMAIL),
          row.sent(ProfileField.PHONE_NUMBER),
          row.sent(ProfileField.EXTERNAL_ID));
    }
  }

  /** Remembers that the rows of a batch are about to be sent; to be called before they are. */
  public void handOn(int batch, @Nullable HandedRows rows) {
    if (rows != null) {
      write(memory -> memory.handOn(run, batch, rows));
    }
  }

  /**
   * Takes in that a job of an earlier run may still write over what this one sends: what it sends
   * is sent again by the next run.
   */
  public void olderMayCome() {
    olderMayCome = true;
  }

  /**
   * Remembers that a job is complete and has imported all of its rows but for some.
   *
   * @param failed which of the job's rows it has not imported, counted from 0
   * @param created when it was made, by Klaviyo's clock
   * @param completed when it was done, by Klaviyo's clock
   */
  public void confirm(
      PreviousRun.OpenJob job,
      Set<Integer> failed,
      @Nullable Instant created,
      @Nullable Instant completed) {
    BatchRows rows = job.rows();
    if (rows != null) {
      BitSet inPart = rows.inPart();
      if (olderMayCome) {
        inPart.or(rows.numbersOf(() -> IntStream.range(0, job.profiles()).iterator()));
      }
      write(
          memory ->
              memory.confirm(
                  run,
                  rows.batch(),
                  rows.numbers(),
                  rows.numbersOf(failed),
                  inPart,
                  created,
                  completed));
    }
  }

  /**
   * Remembers that the run has ended cleanly.
   *
   * @param customers how many the segment had
   * @param unchanged how many of them were not sent
   * @param members how many members the list has; {@link RunFacts#UNKNOWN} if that is not known
   */
  public void end(long customers, long unchanged, long members, Instant now) {
    if (ofPart) {
      write(Remembered::endPart);
      return;
    }
    write(
        memory ->
            memory.endRun(
                new RunFacts(
                    customers,
                    now,
                    customers > 0 && unchanged == 0,
                    listRead,
                    members < memory.members() ? RunFacts.UNKNOWN : members - memory.members())));
  }

  /** Tells the store that the run is alive. */
  public void keepAlive() {
    write(Remembered::keepAlive);
  }

  private interface Write {
    void to(Remembered memory) throws IOException;
  }

  private void write(Write write) {
    if (remembered == null || broken) {
      return;
    }
    try {
      write.to(remembered);
    } catch (IOException failure) {
      broken = true;
      failed.accept(failure(failure));
    } catch (RuntimeException undeclared) {
      broken = true;
      failed.accept(failure(undeclared(undeclared)));
    }
  }

  /** Returns what a store throws that it does not declare, told by its type only. */
  public static IOException undeclared(RuntimeException undeclared) {
    return new IOException(
        "the memory threw " + undeclared.getClass().getName(), UnquotedFailure.of(undeclared));
  }

  /** Returns the cause for a memory that cannot be opened, read or written. */
  public static StopCause failure(IOException failure) {
    return new StopCause(
        Reason.MEMORY_FAILED,
        "its memory failed, and it does not go on without it ("
            + Advice.clause(failure)
            + "); mend the memory and try again: what is confirmed there stays so",
        UnquotedFailure.keepingMessage(failure));
  }
}
