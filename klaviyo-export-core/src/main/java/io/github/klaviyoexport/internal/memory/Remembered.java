package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.DamagedMemoryException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one export remembers of its list, opened by one run.
 *
 * <p>Of each customer there is an entry: the digest of the row as Klaviyo has confirmed it, whether
 * the customer is certainly a member, and when jobs of ours may have added the customer. An entry
 * is written before its row is sent, with an unknown digest; so a crash leaves no customer in the
 * list of whom nothing is known.
 *
 * <p>Opening it writes nothing. A customer takes 24 bytes of heap, up to 33 while customers are
 * added, and some 60 bytes in the store; reading, writing and compacting take one block at a time
 * beside.
 *
 * <p>Belongs to the run's thread. Once a method has thrown an {@link IOException} only {@link
 * #close()} is left.
 */
public final class Remembered implements Closeable {
  /** The most bytes of rows in one block; a block may have twice as many and a row. */
  private static final int ROWS_BYTES = 2 * SealedBlocks.FILL;

  private final SealedBlocks blocks;
  private final MemoryState state;
  private final MemoryKey key;
  private final byte[] setup;
  private final @Nullable String damage;
  private final MemoryBytes content = new MemoryBytes(1024);
  private boolean setupToWrite;

  /** What looks at the list have shown and no block says yet. */
  private long[] shown = {};

  private final BitSet shownMembers = new BitSet();
  private final BitSet shownInDoubt = new BitSet();
  private int shownCount;

  private Remembered(
      SealedBlocks blocks,
      MemoryState state,
      MemoryKey key,
      byte[] setup,
      @Nullable String damage) {
    this.blocks = blocks;
    this.state = state;
    this.key = key;
    this.setup = setup;
    this.damage = damage;
  }

  /**
   * Opens what an export remembers.
   *
   * <p>If it is damaged, an empty one takes its place with the first write, and {@link #damage()}
   * says so.
   *
   * @param key that of the export's log
   * @param setup what rows are made by, the mapping for example; when it is another than before,
   *     digests are forgotten and members are not; {@code null} to leave it as it is
   * @throws LogHeldException if another run has it open
   * @throws IOException if the store fails, or if the memory was sealed with another key or written
   *     by a newer version: it is left as it is then
   */
  public static Remembered open(ExportMemory memory, String key, @Nullable String setup)
      throws IOException {
    MemoryLog log = memory.open(key);
    try {
      return open(log, memory.key(), key, setup);
    } catch (IOException | RuntimeException | Error failure) {
      try {
        log.close();
      } catch (IOException unclosed) {
        failure.addSuppressed(unclosed);
      }
      throw failure;
    }
  }

  private static Remembered open(MemoryLog log, MemoryKey key, String name, @Nullable String setup)
      throws IOException {
    SealedBlocks blocks = new SealedBlocks(log, new Seal(key, name));
    MemoryState state = new MemoryState(blocks);
    String damage = null;
    try {
      blocks.look();
      state.readAll();
    } catch (DamagedMemoryException e) {
      damage =
          "What this export remembered of its list is damaged and not trusted ("
              + e.getMessage()
              + "): everything is sent, and the memory begins anew. See to the disk or database"
              + " that it is on; nothing else is to be done.";
      blocks.disregard();
      state = new MemoryState(blocks);
    }
    byte[] before = state.setup();
    byte[] now = setup == null ? before : setupOf(key, setup);
    Remembered remembered =
        new Remembered(blocks, state, key, now == null ? setupOf(key, "") : now, damage);
    if (before != null && !Arrays.equals(before, now)) {
      remembered.forgetDigests();
    }
    return remembered;
  }

  private static byte[] setupOf(MemoryKey key, String setup) {
    return Arrays.copyOf(key.derive("setup " + setup), MemoryBlock.SETUP_BYTES);
  }

  /** Returns what was found damaged and what that means; {@code null} if nothing was. */
  public @Nullable String damage() {
    return damage;
  }

  /**
   * Returns the fingerprints by which customers are known here: the first lane of that of a
   * customer's first identifier.
   */
  public Fingerprint fingerprint() {
    ByteBuffer secret = ByteBuffer.wrap(key.derive("fingerprints"));
    return new Fingerprint(secret.getLong(), secret.getLong());
  }

  /** Returns the digests of rows by which changed ones are known here. */
  public RowDigest digest() {
    ByteBuffer secret = ByteBuffer.wrap(key.derive("digests"));
    return new RowDigest(secret.getLong(), secret.getLong());
  }

  /** Returns what is known of a customer's row, and marks the customer as met. */
  public Known meet(long fingerprint, long digest) {
    CustomerIndex index = state.index;
    long place = index.find(fingerprint);
    if (place == CustomerIndex.NOWHERE) {
      return Known.NEW;
    }
    index.mark(place, CustomerIndex.MET);
    return index.digestOf(place) == CustomerIndex.digest(digest) ? Known.UNCHANGED : Known.CHANGED;
  }

  /**
   * Notes that a customer was met among the list's members; that is kept for this run only.
   *
   * @return whether such a customer is remembered
   */
  public boolean list(long fingerprint) {
    long place = state.index.find(fingerprint);
    if (place != CustomerIndex.NOWHERE) {
      state.index.mark(place, CustomerIndex.LISTED);
    }
    return place != CustomerIndex.NOWHERE;
  }

  /** Returns whether this run has met a customer among the list's members. */
  public boolean isListed(long fingerprint) {
    long place = state.index.find(fingerprint);
    return place != CustomerIndex.NOWHERE && state.index.is(place, CustomerIndex.LISTED);
  }

  /** Returns a new collection for the rows of one batch. */
  public HandedRows rows() {
    return new HandedRows();
  }

  /**
   * Remembers, durably, that rows are about to be sent: what Klaviyo has of these customers is
   * unknown from now on, and they are met.
   *
   * <p>They can be {@linkplain #confirm confirmed}, after this memory was opened again too, until a
   * run ends cleanly or another run hands on rows.
   *
   * @param run the id of the run; a resumed run has that of the one it goes on with
   * @param batch the number of the batch; one that is handed on again takes the place of the first
   * @param rows all rows of the batch, in their order
   */
  public void handOn(String run, int batch, HandedRows rows) throws IOException {
    prepare();
    for (int first = 0; first < rows.rows(); ) {
      int next = rows.rowsWithin(first, ROWS_BYTES);
      content.clear();
      content
          .putByte(MemoryBlock.HANDED)
          .putText(run)
          .putInt(batch)
          .putInt(first)
          .putInt(next - first);
      rows.copyTo(content, first, next);
      write();
      first = next;
    }
    for (int row = 0; row < rows.rows(); row++) {
      long place = state.index.find(rows.fingerprint(row));
      if (place != CustomerIndex.NOWHERE) {
        state.index.mark(place, CustomerIndex.MET);
      }
    }
  }

  /**
   * Remembers, durably, what Klaviyo has confirmed of a batch. Nothing happens if nothing is known
   * of the batch.
   *
   * @param run the id that the batch was {@linkplain #handOn handed on} with
   * @param batch the number of the batch
   * @param rows the numbers, in the batch, of the rows that were in the job; {@code null} for all
   * @param except the numbers, in the batch, of rows that are not confirmed
   * @param inPart the numbers, in the batch, of rows of which something was refused: the customers
   *     are members, and their rows are sent again
   * @param jobCreated when the job was made; {@code null} if that is not known
   * @param jobCompleted when the job was complete; {@code null} if that is not known
   */
  public void confirm(
      String run,
      int batch,
      int @Nullable [] rows,
      BitSet except,
      BitSet inPart,
      @Nullable Instant jobCreated,
      @Nullable Instant jobCompleted)
      throws IOException {
    if (!state.isHanded(run, batch)) {
      return;
    }
    prepare();
    content.clear();
    content.putByte(MemoryBlock.CONFIRMED).putText(run).putInt(batch).putByte(rows == null ? 0 : 1);
    if (rows != null) {
      BitSet included = new BitSet();
      for (int row : rows) {
        included.set(row);
      }
      MemoryBlock.put(content, included);
    }
    MemoryBlock.put(content, except);
    MemoryBlock.put(content, inPart);
    if (jobCreated == null || jobCompleted == null) {
      content.putByte(0);
    } else {
      Window window = Window.of(jobCreated, jobCompleted);
      content.putByte(1).putLong(window.from()).putLong(window.to());
    }
    write();
  }

  /** Writes what has to stand before anything else that is written. */
  private void prepare() throws IOException {
    if (!state.isWhole()) {
      state.compact(setup, null);
      setupToWrite = false;
    }
    if (setupToWrite) {
      content.clear();
      content.putByte(MemoryBlock.SETUP).put(setup, 0, setup.length);
      write();
      setupToWrite = false;
    }
    if (shownCount > 0) {
      writeShown();
    }
  }

  private void writeShown() throws IOException {
    int most = ROWS_BYTES / Long.BYTES;
    for (int from = 0; from < shownCount; from += most) {
      int to = Math.min(shownCount, from + most);
      content.clear();
      content.putByte(MemoryBlock.SHOWN).putInt(to - from);
      MemoryBlock.put(content, shownMembers.get(from, to));
      MemoryBlock.put(content, shownInDoubt.get(from, to));
      for (int i = from; i < to; i++) {
        content.putLong(shown[i]);
      }
      write();
    }
    forgetShown();
  }

  private void forgetShown() {
    shown = new long[0];
    shownMembers.clear();
    shownInDoubt.clear();
    shownCount = 0;
  }

  private void write() throws IOException {
    long number = blocks.append(content);
    state.take(number, ByteBuffer.wrap(content.array(), 0, content.length()));
  }

  /**
   * Passes on each customer whom this run has not met: all who may have left the segment, when it
   * was read to its end. They come from the store, one block at a time, in no order.
   *
   * @param member may call {@link #gone} and {@link #isMember}, and nothing else here
   */
  public void eachUnmet(Consumer<RememberedMember> member) throws IOException {
    NewestRecords records = state.newestRecords();
    while (records.next()) {
      if (!state.index.is(records.place(), CustomerIndex.MET)) {
        member.accept(records.member(state.windows()));
      }
    }
  }

  /**
   * Passes on likewise, of one part of all customers, each whom this run has not met or of whom it
   * is uncertain whether it is a member.
   *
   * @param part the number of the part, counted from 0
   * @param parts how many parts there are, for taking a few at a time
   */
  public void eachInQuestion(int part, int parts, Consumer<RememberedMember> member)
      throws IOException {
    NewestRecords records = state.newestRecords();
    while (records.next()) {
      long place = records.place();
      if (Long.remainderUnsigned(state.index.fingerprint(place), parts) == part
          && !(state.index.is(place, CustomerIndex.MET)
              && state.index.is(place, CustomerIndex.MEMBER))) {
        member.accept(records.member(state.windows()));
      }
    }
  }

  /** Returns whether this run has met a customer who is remembered. */
  public boolean isMet(long fingerprint) {
    long place = state.index.find(fingerprint);
    return place != CustomerIndex.NOWHERE && state.index.is(place, CustomerIndex.MET);
  }

  /** Returns whether a customer is remembered. */
  public boolean knows(long fingerprint) {
    return state.index.find(fingerprint) != CustomerIndex.NOWHERE;
  }

  /** Returns how many customers are remembered as members of whom this run has met none. */
  public long unmet() {
    long[] unmet = new long[1];
    state.index.each(place -> unmet[0] += state.index.is(place, CustomerIndex.MET) ? 0 : 1);
    return unmet[0];
  }

  /** Returns how many customers Klaviyo has confirmed as members. */
  public long members() {
    return state.index.members();
  }

  /** Returns how many customers were handed on and never confirmed: they may be members. */
  public long uncertain() {
    return state.index.uncertain();
  }

  /** Takes in that a customer is not in the list, which a look at it has shown. */
  public void gone(long fingerprint) {
    show(fingerprint, false, false);
  }

  /**
   * Takes in that a look at the list has not shown a customer who may be in it all the same: under
   * another identifier, or later. When jobs may have added the customer stays known.
   */
  public void notShown(long fingerprint) {
    show(fingerprint, false, true);
  }

  /** Takes in that a customer is in the list, which a look at it has shown. */
  public void isMember(long fingerprint) {
    show(fingerprint, true, false);
  }

  private void show(long fingerprint, boolean isMember, boolean isInDoubt) {
    if (state.index.find(fingerprint) == CustomerIndex.NOWHERE) {
      return;
    }
    state.show(fingerprint, isMember, isInDoubt);
    if (shownCount == shown.length) {
      shown = Arrays.copyOf(shown, Math.max(64, shownCount + shownCount / 2));
    }
    shownMembers.set(shownCount, isMember);
    shownInDoubt.set(shownCount, isInDoubt);
    shown[shownCount++] = fingerprint;
  }

  /** Returns the last run that has ended cleanly; {@code null} if none has. */
  public @Nullable LastRun last() {
    return state.last();
  }

  /** Forgets what was sent of each customer, so that everything is sent; members stay. */
  public void forgetDigests() {
    state.forgetDigests(blocks.count());
    setupToWrite = state.isWhole();
  }

  /**
   * Remembers, durably, that a run has ended cleanly: what is not confirmed by now is uncertain.
   * What has happened is put together with what was known before, when it has become a fifth of it.
   */
  public void endRun(RunFacts facts) throws IOException {
    end(LastRun.after(state.last(), facts));
  }

  /**
   * Remembers likewise that a run has ended cleanly that read a part of the segment only. It says
   * nothing of the whole, so the last run stays the one before.
   */
  public void endPart() throws IOException {
    end(state.last());
  }

  private void end(@Nullable LastRun last) throws IOException {
    if (!state.isTailShort((long) shownCount * Long.BYTES)) {
      compact(last);
      return;
    }
    prepare();
    content.clear();
    content.putByte(MemoryBlock.RUN_END);
    MemoryBlock.put(content, last);
    write();
  }

  /**
   * Forgets customers, of whom nothing stays in the store when this returns; returns how many they
   * were.
   */
  public long forget(Predicate<RememberedMember> whom) throws IOException {
    long before = state.customers();
    NewestRecords records = state.newestRecords();
    while (records.next()) {
      if (whom.test(records.member(state.windows()))) {
        state.index.remove(records.place());
      }
    }
    long forgotten = before - state.customers();
    if (forgotten > 0) {
      compact(state.last());
    }
    return forgotten;
  }

  private void compact(@Nullable LastRun last) throws IOException {
    state.compact(setup, last);
    setupToWrite = false;
    forgetShown();
  }

  /** Tells the store that the run is alive. */
  public void keepAlive() throws IOException {
    blocks.keepAlive();
  }

  /** Lets go of the memory; what is written stays. */
  @Override
  public void close() throws IOException {
    blocks.close();
  }

  /** Returns figures only. */
  @Override
  public String toString() {
    return "Remembered["
        + InWords.count(members(), "member")
        + ", "
        + InWords.number(uncertain())
        + " uncertain]";
  }
}
