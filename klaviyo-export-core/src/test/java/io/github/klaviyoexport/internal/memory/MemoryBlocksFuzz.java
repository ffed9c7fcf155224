package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.fuzz.Canary;
import io.github.klaviyoexport.memory.HeapMemory;
import io.github.klaviyoexport.memory.MemoryLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Any contents of well-sealed blocks are a memory, or damage that quotes nothing of them; of what
 * opens, the same is known when it was compacted and opened again.
 *
 * <p>The input is contents one after the other, each behind its length in two bytes.
 */
public final class MemoryBlocksFuzz {
  private static final String LOG = "log";
  private static final Instant ENDED = Instant.parse("2026-11-26T10:00:00Z");

  private MemoryBlocksFuzz() {}

  /** Opens blocks. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    try {
      HeapMemory memory = HeapMemory.create();
      List<byte[]> blocks = sealed(memory, Canary.in(bytes));
      if (blocks.isEmpty()) {
        return;
      }
      int[] next = {0};
      try (MemoryLog log = memory.open(LOG)) {
        log.replace(() -> next[0] == blocks.size() ? null : blocks.get(next[0]++));
      }
      open(memory);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static List<byte[]> sealed(HeapMemory memory, byte[] input) {
    Seal seal = new Seal(memory.key(), LOG);
    Seal.Generation generation = seal.newGeneration();
    ByteBuffer in = ByteBuffer.wrap(input);
    List<byte[]> blocks = new ArrayList<>();
    while (in.remaining() > Short.BYTES) {
      int length = Math.min(in.getShort() & 0xffff, in.remaining());
      byte[] content = new byte[length];
      in.get(content);
      MemoryBytes plain = new MemoryBytes(length + 1).put(content, 0, length);
      blocks.add(seal.seal(generation, blocks.size(), plain));
    }
    return blocks;
  }

  private static void open(HeapMemory memory) throws IOException {
    List<String> known;
    long members;
    try (Remembered it = Remembered.open(memory, LOG, null)) {
      if (it.damage() != null) {
        Canary.assertNotIn(it.damage());
      }
      Canary.assertNotIn(it.toString());
      known = known(it);
      members = it.members();
      HandedRows rows = it.rows();
      rows.add(1, 2, "one@shop.example", null, null);
      it.handOn("another-run", 1, rows);
      it.confirm("another-run", 1, null, new BitSet(), new BitSet(), ENDED, ENDED);
      it.forget(member -> "one@shop.example".equals(member.email()));
      it.endRun(new RunFacts(1, ENDED, true, true, 0));
    }
    try (Remembered it = Remembered.open(memory, LOG, null)) {
      List<String> again = known(it);
      known.removeIf(customer -> customer.startsWith("1 "));
      again.removeIf(customer -> customer.startsWith("1 "));
      if (it.damage() != null || !again.equals(known) || it.members() > members) {
        throw new AssertionError(known.size() + " customers became " + again.size() + ".");
      }
    }
  }

  private static List<String> known(Remembered it) throws IOException {
    List<String> known = new ArrayList<>();
    it.eachUnmet(
        member ->
            known.add(
                member.fingerprint()
                    + " "
                    + member.email()
                    + member.phone()
                    + member.externalId()
                    + member.confirmed()
                    + member.first()
                    + member.last()));
    known.sort(null);
    return known;
  }
}
