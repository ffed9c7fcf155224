package io.github.klaviyoexport.internal.memory;

import io.github.klaviyoexport.internal.text.InWords;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a memory that is written anew: what is known of each customer, and nothing else.
 * They are made from the blocks that are there, one at a time.
 */
final class Compaction implements SealedBlocks.Contents {
  private static final int WINDOWS_A_BLOCK = 16 * 1024;

  private final MemoryState state;
  private final byte[] setup;
  private final @Nullable LastRun last;
  private final NewestRecords records;
  private final MemoryBytes content = new MemoryBytes(SealedBlocks.FILL + 16 * 1024);
  private final MemoryBytes customers = new MemoryBytes(SealedBlocks.FILL + 16 * 1024);
  private final Windows windows = new Windows();
  private final int[] windowNumbers;
  private boolean begun;
  private int windowsWritten;
  private long customersWritten;
  private boolean ended;

  Compaction(MemoryState state, byte[] setup, @Nullable LastRun last) {
    this.state = state;
    this.setup = setup;
    this.last = last;
    this.records = state.newestRecords();
    this.windowNumbers = new int[state.windows().count() + 1];
    state.index.each(
        place -> {
          use(state.index.firstWindow(place));
          use(state.index.lastWindow(place));
        });
  }

  private void use(int number) {
    Window window = state.windows().of(number);
    if (window != null && windowNumbers[number] == Windows.NONE) {
      windowNumbers[number] = windows.number(window);
    }
  }

  @Override
  public @Nullable MemoryBytes next() throws IOException {
    content.clear();
    if (!begun) {
      begun = true;
      content.putByte(MemoryBlock.BEGIN).put(setup, 0, setup.length).putLong(state.customers());
      MemoryBlock.put(content, last);
      return content;
    }
    if (windowsWritten < windows.count()) {
      return nextWindows();
    }
    if (ended) {
      return null;
    }
    int count = fillCustomers();
    if (count > 0) {
      customersWritten += count;
      return content
          .putByte(MemoryBlock.CUSTOMERS)
          .putInt(count)
          .put(customers.array(), 0, customers.length());
    }
    if (customersWritten != state.customers()) {
      throw new IllegalStateException(
          InWords.count(customersWritten, "customer was", "customers were")
              + " written, of "
              + state.customers()
              + ".");
    }
    ended = true;
    return content.putByte(MemoryBlock.END).putLong(customersWritten);
  }

  private MemoryBytes nextWindows() {
    int count = Math.min(WINDOWS_A_BLOCK, windows.count() - windowsWritten);
    content.putByte(MemoryBlock.WINDOWS).putInt(count);
    for (int i = 0; i < count; i++) {
      Window window = windows.of(++windowsWritten);
      if (window != null) {
        content.putLong(window.from()).putLong(window.to());
      }
    }
    return content;
  }

  private int fillCustomers() throws IOException {
    customers.clear();
    int count = 0;
    while (customers.length() < SealedBlocks.FILL && records.next()) {
      state.putKnown(customers, records.place(), windowNumbers);
      records.copyIdentifiers(customers);
      count++;
    }
    return count;
  }

  /** Returns the windows that are still in use. */
  Windows windows() {
    return windows;
  }

  /** Returns for each number of a window of before the one it has now. */
  int[] windowNumbers() {
    return windowNumbers;
  }
}
