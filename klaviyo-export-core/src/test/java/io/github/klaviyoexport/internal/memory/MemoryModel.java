package io.github.klaviyoexport.internal.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a memory has to know, as plain maps: the specification that {@link Remembered} is held to.
 */
final class MemoryModel {
  /** A row: its customer, its digest, and which of several phone numbers the customer has. */
  record Row(long customer, long digest, int phone) {}

  /** An entry; the digest is 0 if it is unknown. */
  record Entry(
      long digest, boolean member, @Nullable Window first, @Nullable Window last, int phone) {}

  final Map<Long, Entry> entries = new TreeMap<>();
  final Map<Integer, List<Row>> handed = new HashMap<>();
  @Nullable String run;
  @Nullable LastRun last;
  String setup = "";

  MemoryModel copy() {
    MemoryModel copy = new MemoryModel();
    copy.entries.putAll(entries);
    handed.forEach((batch, rows) -> copy.handed.put(batch, List.copyOf(rows)));
    copy.run = run;
    copy.last = last;
    copy.setup = setup;
    return copy;
  }

  void handOn(String by, int batch, List<Row> rows) {
    if (!by.equals(run)) {
      handed.clear();
      run = by;
    }
    handed.put(batch, new ArrayList<>(rows));
    for (Row row : rows) {
      Entry before = entries.get(row.customer);
      entries.put(
          row.customer,
          before == null
              ? new Entry(0, false, null, null, row.phone)
              : new Entry(0, before.member, before.first, before.last, row.phone));
    }
  }

  boolean isHanded(String by, int batch) {
    return by.equals(run) && handed.containsKey(batch);
  }

  void confirm(String by, int batch, List<Integer> rows, List<Integer> inPart, Window window) {
    if (!isHanded(by, batch)) {
      return;
    }
    List<Row> all = handed.get(batch);
    for (int number : rows) {
      Row row = all.get(number);
      Entry before = entries.get(row.customer);
      if (before != null) {
        boolean isNew = before.first == null;
        boolean isSame = window.equals(before.first);
        entries.put(
            row.customer,
            new Entry(
                inPart.contains(number) ? 0 : row.digest,
                true,
                isNew ? window : before.first,
                isNew || isSame ? before.last : window,
                before.phone));
      }
    }
  }

  void show(long customer, boolean isMember) {
    Entry before = entries.get(customer);
    if (before == null) {
      return;
    }
    if (isMember) {
      entries.put(
          customer, new Entry(before.digest, true, before.first, before.last, before.phone));
    } else {
      entries.remove(customer);
    }
  }

  void forgetDigests() {
    entries.replaceAll((customer, e) -> new Entry(0, e.member, e.first, e.last, e.phone));
    handed.replaceAll(
        (batch, rows) -> rows.stream().map(row -> new Row(row.customer, 0, row.phone)).toList());
  }

  void open(String with) {
    if (!with.equals(setup)) {
      forgetDigests();
      setup = with;
    }
  }

  void endRun(long customers, Instant ended, boolean everything, boolean listRead) {
    handed.clear();
    run = null;
    last =
        LastRun.after(last, new RunFacts(customers, ended, everything, listRead, RunFacts.UNKNOWN));
  }

  /** Returns what is known, as it can be compared. */
  @Override
  public String toString() {
    return entries + " " + last;
  }
}
