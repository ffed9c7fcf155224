package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A batch of which not every row is settled, or not every batch before it. */
final class PendingBatch {
  final Filled filled;
  final RowKeys keys;
  final BitSet settled = new BitSet();
  final List<Refused> droppedFields = new ArrayList<>();

  PendingBatch(Filled filled, RowKeys keys) {
    this.filled = filled;
    this.keys = keys;
  }

  /** Returns the fields that Klaviyo has refused of its rows. */
  LeftOutFields leftOut() {
    LeftOutFields fields = new LeftOutFields();
    droppedFields.forEach(dropped -> fields.add(dropped.row(), dropped.rejection()));
    return fields;
  }

  boolean isSettled() {
    return settled.cardinality() == keys.rows();
  }

  /** Returns the rows that were sent without a field. */
  BitSet changed() {
    BitSet changed = new BitSet();
    droppedFields.forEach(dropped -> changed.set(dropped.row()));
    return changed;
  }
}
