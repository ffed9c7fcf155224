package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.DamagedMemoryException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.memory.MemoryKey;
import io.github.klaviyoexport.memory.MemoryLog;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The customers who were erased, as fingerprints of their identifiers with the memory's key: who
 * they are cannot be read from it, only whether a customer at hand is one of them. What one
 * customer is known by belongs together, so that each of it leads to the others.
 *
 * <p>They are a log of their own in the memory, for all exports. It is open for a moment at a time;
 * another that has it open is waited for.
 *
 * <p>A set is immutable but for {@link #contains}, which belongs to one thread.
 */
public final class ErasedCustomers {
  /** The key of the log. */
  public static final String LOG = "erased-customers";

  /** The set without customers. */
  public static final ErasedCustomers NONE =
      new ErasedCustomers(new Fingerprint(0, 0), new long[0], new long[0]);

  private static final byte ERASED = 2;
  private static final int MOST_IN_BLOCK = 10_000;
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final int MOST_RETRIES = 100;

  private final Fingerprint fingerprint;
  private final long[] lanes;
  private final long[] others;

  /** An identifier, and what those of its customer have in common. */
  private record Entry(long lane, long other, long customer) {
    boolean isSameAs(Entry entry) {
      return lane == entry.lane && other == entry.other;
    }
  }

  private static final Comparator<Entry> ORDER =
      Comparator.comparingLong(Entry::lane)
          .thenComparingLong(Entry::other)
          .thenComparingLong(Entry::customer);

  private ErasedCustomers(Fingerprint fingerprint, long[] lanes, long[] others) {
    this.fingerprint = fingerprint;
    this.lanes = lanes;
    this.others = others;
  }

  /**
   * Reads who was erased.
   *
   * @throws DamagedMemoryException if that cannot be told any more
   * @throws IOException if the store fails, or others do not let go of the log
   */
  public static ErasedCustomers read(ExportMemory memory, TimeSource time) throws IOException {
    if (memory.list().stream().noneMatch(KeptMemory::holdsErasures)) {
      return NONE;
    }
    return in(memory, time, blocks -> of(memory.key(), entries(blocks)));
  }

  /**
   * Adds a customer by its identifiers, durably.
   *
   * @param given what it was erased by, in any order: by that its identifiers belong together, and
   *     apart from those of others with whom it shares some
   */
  public static void add(
      ExportMemory memory,
      TimeSource time,
      Consumer<Identifiers> given,
      Consumer<Identifiers> customer)
      throws IOException {
    Fingerprint fingerprint = fingerprint(memory.key());
    long[] sum = new long[1];
    given.accept((kind, value) -> sum[0] += fingerprint.of(kind, value).lane0());
    change(memory, time, sum[0], customer, Set::addAll);
  }

  /**
   * Takes a customer out by one or more of its identifiers, durably, and with them all others that
   * were added with one of them.
   *
   * @return whether it was there
   */
  public static boolean remove(ExportMemory memory, TimeSource time, Consumer<Identifiers> customer)
      throws IOException {
    return change(
        memory,
        time,
        0,
        customer,
        (entries, meant) -> {
          Set<Long> customers = new HashSet<>();
          for (Entry entry : entries) {
            if (meant.stream().anyMatch(entry::isSameAs)) {
              customers.add(entry.customer());
            }
          }
          return entries.removeIf(entry -> customers.contains(entry.customer()));
        });
  }

  /** Takes the identifiers of a customer. */
  public interface Identifiers {
    /** Takes one, in the form in which equal ones are one customer. */
    void identifier(ProfileField kind, String value);
  }

  private interface Change {
    /** Changes the entries by those that are meant; returns whether there is a change. */
    boolean of(Set<Entry> entries, List<Entry> meant);
  }

  private static boolean change(
      ExportMemory memory,
      TimeSource time,
      long belongsTo,
      Consumer<Identifiers> customer,
      Change change)
      throws IOException {
    Fingerprint fingerprint = fingerprint(memory.key());
    List<Entry> meant = new ArrayList<>();
    customer.accept(
        (kind, value) -> {
          long lane = fingerprint.of(kind, value).lane0();
          meant.add(new Entry(lane, fingerprint.lane1(), belongsTo));
        });
    return in(
        memory,
        time,
        blocks -> {
          Set<Entry> entries = entries(blocks);
          boolean changed = change.of(entries, meant);
          if (changed) {
            write(blocks, new ArrayList<>(entries));
          }
          return changed;
        });
  }

  private interface Work<T> {
    T on(SealedBlocks blocks) throws IOException;
  }

  private static <T> T in(ExportMemory memory, TimeSource time, Work<T> work) throws IOException {
    try (SealedBlocks blocks = new SealedBlocks(open(memory, time), new Seal(memory.key(), LOG))) {
      blocks.look();
      return work.on(blocks);
    }
  }

  private static MemoryLog open(ExportMemory memory, TimeSource time) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return memory.open(LOG);
      } catch (LogHeldException held) {
        if (tries == MOST_RETRIES) {
          throw held;
        }
        try {
          time.await(new Semaphore(0), RETRY, false);
        } catch (InterruptedException interrupt) {
          Thread.currentThread().interrupt();
          throw held;
        }
      }
    }
  }

  private static Set<Entry> entries(SealedBlocks blocks) throws IOException {
    Set<Entry> entries = new TreeSet<>(ORDER);
    for (long number = 0; number < blocks.count(); number++) {
      ByteBuffer content = blocks.read(number);
      if (content.get() != ERASED) {
        throw blocks.damaged(number);
      }
      for (int left = content.getInt(); left > 0; left--) {
        entries.add(new Entry(content.getLong(), content.getLong(), content.getLong()));
      }
    }
    return entries;
  }

  private static void write(SealedBlocks blocks, List<Entry> entries) throws IOException {
    MemoryBytes content = new MemoryBytes(1024);
    int[] next = new int[1];
    boolean[] any = new boolean[1];
    blocks.replace(
        () -> {
          if (any[0] && next[0] == entries.size()) {
            return null;
          }
          any[0] = true;
          int to = Math.min(entries.size(), next[0] + MOST_IN_BLOCK);
          content.clear();
          content.putByte(ERASED).putInt(to - next[0]);
          for (Entry entry : entries.subList(next[0], to)) {
            content.putLong(entry.lane()).putLong(entry.other()).putLong(entry.customer());
          }
          next[0] = to;
          return content;
        });
  }

  private static ErasedCustomers of(MemoryKey key, Set<Entry> entries) {
    return new ErasedCustomers(
        fingerprint(key),
        entries.stream().mapToLong(Entry::lane).toArray(),
        entries.stream().mapToLong(Entry::other).toArray());
  }

  private static Fingerprint fingerprint(MemoryKey key) {
    ByteBuffer secret = ByteBuffer.wrap(key.derive("erased customers"));
    return new Fingerprint(secret.getLong(), secret.getLong());
  }

  /** Returns whether the set is empty. */
  public boolean isEmpty() {
    return lanes.length == 0;
  }

  /** Returns whether a customer with that identifier was erased; {@code null} is none. */
  public boolean contains(ProfileField kind, @Nullable String identifier) {
    if (identifier == null) {
      return false;
    }
    fingerprint.of(kind, identifier);
    int at = Arrays.binarySearch(lanes, fingerprint.lane0());
    return at >= 0 && others[at] == fingerprint.lane1();
  }

  /** Returns how many identifiers there are. */
  @Override
  public String toString() {
    return "ErasedCustomers[" + lanes.length + "]";
  }
}
