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
 * The members of a list who are to be removed from it, in blocks of as many as one call takes.
 *
 * <p>They wait until every profile of the segment is confirmed. Meanwhile the segment is read again
 * to be sent, and whoever of them turns up in it stays in the list. Kept of each are Klaviyo's id
 * and the fingerprints of its identifiers, in the {@link RowKeySpill}.
 */
public final class Leavers {
  private final Fingerprint fingerprint;
  private final CustomerIdentifiers identifiers;
  private final RowKeySpill keyStore;
  private final SeenIdentifiers waiting = new SeenIdentifiers();
  private final SeenIdentifiers returned = new SeenIdentifiers();
  private final Queue<RowKeySpill.Kept> blocks = new ArrayDeque<>();
  private RowKeys block = new RowKeys();
  private int inBlock;
  private long found;
  private final Set<ProfileField> telling;
  private boolean doubted;

  /**
   * Nobody yet.
   *
   * @param telling the kinds of identifiers by which they are told from the segment's customers
   */
  Leavers(
      FieldMapping mapping,
      Fingerprint fingerprint,
      RowKeySpill keyStore,
      Set<ProfileField> telling) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
    this.keyStore = keyStore;
    this.telling = EnumSet.copyOf(telling);
  }

  /** Adds a leaver; one that has been added before, since pages of members may overlap, is not. */
  void add(ListMember leaver) {
    boolean first = true;
    for (Identifier identifier : leaver.identifiers()) {
      fingerprint.compute(identifier.kind(), identifier.value());
      boolean isNew = waiting.add(fingerprint.lane0(), fingerprint.lane1());
      if (first && !isNew) {
        return;
      }
      // A row for each identifier; the id stands in the first.
      block.add(first ? leaver.id() : "", fingerprint.lane0(), fingerprint.lane1());
      first = false;
    }
    found++;
    if (++inBlock == ListMember.MAX_REMOVED_AT_ONCE) {
      close();
    }
  }

  /** All have been added. */
  void close() {
    if (inBlock > 0) {
      blocks.add(keyStore.keep(block.pack()));
      block = new RowKeys();
      inBlock = 0;
    }
  }

  /** How many there are. */
  public long found() {
    return found;
  }

  /** A customer of the segment was met while it is sent; it is no leaver, if it was one. */
  public void meet(CustomerProfile customer) {
    identifiers.look(customer);
    for (Identifier identifier : identifiers.found()) {
      fingerprint.compute(identifier.kind(), identifier.value());
      if (waiting.contains(fingerprint.lane0(), fingerprint.lane1())) {
        returned.add(fingerprint.lane0(), fingerprint.lane1());
      }
    }
    doubted |= identifiers.narrow(telling);
  }

  /** Whether a customer was met who is not told from them by what the others are told by. */
  public boolean isDoubted() {
    return doubted;
  }

  /** Klaviyo's ids of the next block, without those who turned up; {@code null} after the last. */
  @Nullable List<String> next() {
    RowKeySpill.Kept kept = blocks.poll();
    if (kept == null) {
      return null;
    }
    RowKeys keys = RowKeys.unpack(kept.read());
    kept.drop();
    List<String> ids = new ArrayList<>();
    boolean stays = false;
    for (int row = 0; row < keys.rows(); row++) {
      String id = keys.customerId(row);
      if (!id.isEmpty()) {
        ids.add(id);
        stays = false;
      }
      if (!stays && returned.contains(keys.lane0(row), keys.lane1(row))) {
        stays = true;
        ids.remove(ids.size() - 1);
        found--;
      }
    }
    return ids;
  }
}
