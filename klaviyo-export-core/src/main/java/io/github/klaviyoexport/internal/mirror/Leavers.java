package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.RowKeySpill;
import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.record.Outcomes;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");

  private final Fingerprint fingerprint;
  private final CustomerIdentifiers identifiers;
  private final RowKeySpill spill;
  private final long mostInDoubt;
  private final SeenIdentifiers waiting = new SeenIdentifiers();
  private final SeenIdentifiers customers = new SeenIdentifiers();
  private final SeenIdentifiers returned = new SeenIdentifiers();
  private final Queue<RowKeySpill.Kept> blocks = new ArrayDeque<>();
  private final Map<Long, String> shownAgain = new HashMap<>();
  private final Doubt doubt = new Doubt();
  private final boolean[] kinds = new boolean[Doubt.KIND_SETS];
  private final Deque<List<String>> putBack = new ArrayDeque<>();
  private List<String> removing = List.of();
  private boolean removalSent;
  private RowKeys block = new RowKeys();
  private int inBlock;
  private long found;

  /**
   * Creates leavers of which there are none yet.
   *
   * @param mostInDoubt how many customers one of them may be that cannot be told from it
   */
  Leavers(FieldMapping mapping, Fingerprint fingerprint, RowKeySpill spill, long mostInDoubt) {
    this.identifiers = new CustomerIdentifiers(mapping);
    this.fingerprint = fingerprint;
    this.spill = spill;
    this.mostInDoubt = mostInDoubt;
  }

  /** Adds a leaver, or what else it may turn up by if it has been added: listings may repeat. */
  void add(ListMember leaver) {
    if (!waiting.add(ofId(leaver.id()))) {
      for (Identifier identifier : leaver.identifiers()) {
        addAgain(fingerprint.of(identifier.kind(), identifier.value()), leaver.id());
      }
      Traces.ofMember(leaver, fingerprint, trace -> addAgain(trace, leaver.id()));
      return;
    }
    // A row for the id, with its text, and one for whatever it may turn up by.
    block.add(leaver.id(), fingerprint);
    for (Identifier identifier : leaver.identifiers()) {
      await(fingerprint.of(identifier.kind(), identifier.value()));
    }
    Traces.ofMember(leaver, fingerprint, this::await);
    kinds[Doubt.kindsOf(leaver)] = true;
    found++;
    if (++inBlock == ListMember.MAX_REMOVED_AT_ONCE) {
      close();
    }
  }

  private void addAgain(Fingerprint another, String id) {
    if (waiting.add(another)) {
      shownAgain.put(another.lane1(), id);
    }
  }

  private Fingerprint ofId(String id) {
    return fingerprint.of(ProfileField.PROPERTY, id);
  }

  private void await(Fingerprint another) {
    waiting.add(another);
    block.add("", another);
  }

  /** Closes the last block; all have been added. */
  void close() {
    if (inBlock > 0) {
      blocks.add(spill.keep(block.pack()));
      block = new RowKeys();
      inBlock = 0;
    }
  }

  /** Takes back a profile that is a customer's, by Klaviyo's id: it is no leaver, if it was one. */
  void takeBack(String id) {
    if (waiting.contains(ofId(id)) && customers.add(fingerprint)) {
      found--;
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
      meet(fingerprint.of(identifier.kind(), identifier.value()));
    }
    Set<ProfileField> telling = identifiers.telling();
    if (telling.size() < Identifier.KINDS.size()) {
      doubt.add(telling);
      Traces.ofCustomer(identifiers, fingerprint, this::meet);
    }
  }

  private void meet(Fingerprint met) {
    if (waiting.contains(met)) {
      String id = shownAgain.get(met.lane1());
      returned.add(id == null ? met : ofId(id));
    }
  }

  /** Returns whether more customers were met than may be that cannot be told from leavers. */
  public boolean isDoubted() {
    for (int known = 0; known < kinds.length; known++) {
      if (kinds[known] && doubt.about(known) > mostInDoubt) {
        return true;
      }
    }
    return false;
  }

  /** Returns how many customers were met that may be one or another of the leavers. */
  public long unreadable() {
    return doubt.about(kinds);
  }

  /**
   * Notes which are being removed, which the next block follows.
   *
   * @param sent whether they may have been, so that it takes an answer to know
   */
  void removing(List<String> ids, boolean sent) {
    removing = ids;
    removalSent = sent;
  }

  /** Tells of each that was not removed that it is in the list still; none is left here then. */
  public void tellKept(Outcomes outcomes, Why why) {
    removing.forEach(id -> outcomes.kept(id, removalSent ? Why.UNANSWERED : why));
    removing = List.of();
    try {
      for (Block block = next(); block != null; block = next()) {
        block.ids().forEach(id -> outcomes.kept(id, why));
      }
    } catch (UncheckedIOException unreadable) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Some of the leavers that stay in the list cannot be named, because {0}",
          unreadable.getMessage());
    }
  }

  /** A block that is to be removed: Klaviyo's ids, and how many of it turned up and stay. */
  record Block(List<String> ids, long stayed) {}

  /** Puts some of a block back, which are the next to come. */
  void putBack(List<String> ids) {
    putBack.push(ids);
  }

  /** Takes the next block, without those that turned up; returns {@code null} after the last. */
  @Nullable Block next() {
    if (!putBack.isEmpty()) {
      return new Block(putBack.pop(), 0);
    }
    RowKeySpill.Kept kept = blocks.poll();
    if (kept == null) {
      return null;
    }
    RowKeys keys = RowKeys.unpack(kept.read());
    kept.drop();
    List<String> ids = new ArrayList<>();
    long stayed = 0;
    boolean decided = false;
    for (int row = 0; row < keys.rows(); row++) {
      String id = keys.customerId(row);
      if (!id.isEmpty()) {
        boolean back = !keys.isIn(customers, row) && keys.isIn(returned, row);
        decided = back || keys.isIn(customers, row);
        stayed += back ? 1 : 0;
        if (!decided) {
          ids.add(id);
        }
      } else if (!decided && keys.isIn(returned, row)) {
        decided = true;
        ids.remove(ids.size() - 1);
        stayed++;
      }
    }
    return new Block(ids, stayed);
  }
}
