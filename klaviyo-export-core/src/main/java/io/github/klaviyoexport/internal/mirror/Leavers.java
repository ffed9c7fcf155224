package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list that are to be removed from it, in blocks of as many as one call takes.
 *
 * <p>They wait until every profile of the segment is confirmed. Meanwhile the segment is read again
 * to be sent, and those of them that turn up in it stay in the list. Kept of each are Klaviyo's id
 * and the fingerprints of its identifiers, in the {@link RowKeySpill}.
 */
public final class Leavers {
  private final Fingerprint fingerprint;
  private final CustomerIdentifiers identifiers;
  private final RowKeySpill spill;
  private final SeenIdentifiers waiting = new SeenIdentifiers();
  private final SeenIdentifiers returned = new SeenIdentifiers();
  private final Queue<RowKeySpill.Kept> blocks = new ArrayDeque<>();
  private RowKeys block = new RowKeys();
  private int inBlock;
  private long found;
  private final Set<ProfileField> telling;
  private boolean doubted;

  /**
   * Creates leavers of which there are none yet.
   *
   * @param telling the kinds of identifiers by which they are told from the segment's customers
   */
  Leavers(
      FieldMapping mapping, Fingerprint fingerprint, RowKeySpill spill, Set<ProfileField> telling) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
    this.spill = spill;
    this.telling = EnumSet.copyOf(telling);
  }

  /** Adds a leaver; one that has been added before, since pages of members may overlap, is not. */
  void add(ListMember leaver) {
    boolean first = true;
    for (Identifier identifier : leaver.identifiers()) {
      boolean isNew = waiting.add(fingerprint.of(identifier.kind(), identifier.value()));
      if (first && !isNew) {
        return;
      }
      // A row for each identifier; the id stands in the first.
      block.add(first ? leaver.id() : "", fingerprint);
      first = false;
    }
    found++;
    if (++inBlock == ListMember.MAX_REMOVED_AT_ONCE) {
      close();
    }
  }

  /** Closes the last block; all have been added. */
  void close() {
    if (inBlock > 0) {
      blocks.add(spill.keep(block.pack()));
      block = new RowKeys();
      inBlock = 0;
    }
  }

  /** Returns how many there are. */
  public long found() {
    return found;
  }

  /** Meets a customer of the segment that is sent: it is no leaver, if it was taken for one. */
  public void meet(CustomerProfile customer) {
    identifiers.look(customer);
    for (Identifier identifier : identifiers.found()) {
      if (waiting.contains(fingerprint.of(identifier.kind(), identifier.value()))) {
        returned.add(fingerprint);
      }
    }
    doubted |= identifiers.narrow(telling);
  }

  /** Returns whether a customer was met that may be any of them, by what members are told by. */
  public boolean isDoubted() {
    return doubted;
  }

  /** A block that is to be removed: Klaviyo's ids, and how many of it turned up and stay. */
  record Block(List<String> ids, long stayed) {}

  /** Takes the next block, without those that turned up; returns {@code null} after the last. */
  @Nullable Block next() {
    RowKeySpill.Kept kept = blocks.poll();
    if (kept == null) {
      return null;
    }
    RowKeys keys = RowKeys.unpack(kept.read());
    kept.drop();
    List<String> ids = new ArrayList<>();
    long stayed = 0;
    boolean stays = false;
    for (int row = 0; row < keys.rows(); row++) {
      String id = keys.customerId(row);
      if (!id.isEmpty()) {
        ids.add(id);
        stays = false;
      }
      if (!stays && keys.isIn(returned, row)) {
        stays = true;
        ids.remove(ids.size() - 1);
        stayed++;
      }
    }
    return new Block(ids, stayed);
  }
}
