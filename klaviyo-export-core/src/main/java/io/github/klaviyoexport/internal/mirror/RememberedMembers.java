package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.memory.LastRun;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.memory.RunFacts;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.ProfileField;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list that a memory leaves in question, found without reading the list: those who
 * are remembered and not in the segment, those of whom it is not known whether they were added, and
 * those who have joined since the last run.
 *
 * <p>Whether that is all there is to know shows in a sum: the members that are remembered, without
 * those that were looked up and are gone, those that have joined since, and those that were not
 * ours before make as many as Klaviyo counts. If not, others have changed the list meanwhile, and
 * it is to be read.
 */
final class RememberedMembers {
  private static final int LOOKED_UP_AT_ONCE = 20_000;
  private static final int FEW = 100;
  private static final int BAD_REQUEST = 400;

  private final RunContext run;
  private final Remembered memory;
  private final boolean onlyOurs;
  private final @Nullable LastRun last;
  private final Result result;
  private long counted;
  private long joined;
  private int pagesOfJoined;
  private int part;
  private int parts = 1;
  private boolean isCount;
  private boolean inDoubt;

  /** What hears of members. */
  interface Result {
    /** Hears of a member who is remembered, and not met in the segment. */
    void unmet(ListMember member, RememberedMember remembered);

    /**
     * Hears of a customer who is remembered, and whom no member shows.
     *
     * @return whether that may change by itself, so that the customer is to stay in question
     */
    boolean absent(RememberedMember remembered);

    /** Hears of a member who is not remembered, and has joined since the last run. */
    void joined(ListMember member);

    /**
     * Hears the end.
     *
     * @param members how many members the list has
     * @param isCount whether Klaviyo has said so; else it is how many are remembered
     * @param complete whether all members are known
     */
    void ended(long members, boolean isCount, boolean complete);
  }

  /**
   * Creates the look at members whom a memory leaves in question.
   *
   * @param memory which has met the segment's customers
   * @param onlyOurs whether other members do not matter, so that the look goes on when it is known
   *     that it cannot be complete
   */
  RememberedMembers(RunContext run, Remembered memory, boolean onlyOurs, Result result) {
    this.run = run;
    this.onlyOurs = onlyOurs;
    this.memory = memory;
    this.last = memory.last();
    this.result = result;
  }

  /** Returns whether the memory may know the list, so that looking is worth it. */
  boolean isWorthIt() {
    long questions = memory.unmet() + memory.uncertain();
    return last != null
        && last.others() == 0
        && !isDue()
        && questions <= Math.max(FEW, memory.members() / 2);
  }

  /** Returns whether it is time to read the list whole. */
  boolean isDue() {
    return last == null || last.runsSinceListRead() + 1 >= run.settings().readListEvery();
  }

  void begin() {
    run.klaviyo()
        .countMembers(
            run.list(),
            reply -> {
              if (reply instanceof Done<Long> done) {
                counted = done.value();
                isCount = true;
                lookForJoined();
              } else {
                counted = memory.members();
                inDoubt = true;
                lookUp();
              }
            });
  }

  private void lookForJoined() {
    if (last == null || last.others() == RunFacts.UNKNOWN) {
      inDoubt = true;
      lookUp();
    } else {
      Instant since = last.ended();
      run.klaviyo().membersJoined(run.list(), since, null, reply -> takeJoined(since, reply));
    }
  }

  private void takeJoined(Instant since, Reply<Page<ListMember>> reply) {
    if (reply instanceof Refused<Page<ListMember>> refused && refused.status() == BAD_REQUEST) {
      inDoubt = true;
      lookUp();
    } else if (reply instanceof Done<Page<ListMember>> done) {
      for (ListMember member : done.value().items()) {
        Instant at = member.joinedAt();
        // If times are not heeded, the others are no use either.
        inDoubt |= at == null || at.isBefore(since.minusSeconds(1));
        if (!run.memory().knows(member.identifiers())) {
          joined++;
          result.joined(member);
        }
      }
      URI next = done.value().next();
      inDoubt |= ++pagesOfJoined > FEW + counted / 1_000;
      if (next == null || inDoubt) {
        lookUp();
      } else {
        run.klaviyo().members(run.list(), next, more -> takeJoined(since, more));
      }
    } else {
      run.stop(StopCause.of(reply, run.list()));
    }
  }

  private void lookUp() {
    if (inDoubt && !onlyOurs) {
      result.ended(counted, isCount, false);
      return;
    }
    parts = (int) ((memory.unmet() + memory.uncertain()) / LOOKED_UP_AT_ONCE) + 1;
    lookUpPart();
  }

  private void lookUpPart() {
    if (part == parts) {
      long others = last == null ? 0 : last.others();
      result.ended(counted, isCount, !inDoubt && memory.members() + joined + others == counted);
      return;
    }
    MemberLookup lookup =
        new MemberLookup(
            run,
            new MemberLookup.Result() {
              @Override
              public void found(RememberedMember customer, @Nullable ListMember member) {
                take(customer, member);
              }

              @Override
              public void ended() {
                part++;
                lookUpPart();
              }
            });
    run.memory()
        .eachInQuestion(
            part,
            parts,
            customer -> {
              if (customer.email() == null && customer.phone() == null) {
                // Members are not found by their external ids.
                inDoubt = true;
              } else {
                lookup.add(customer);
              }
            });
    if (!run.hasStopped()) {
      lookup.begin();
    }
  }

  private void take(RememberedMember customer, @Nullable ListMember member) {
    if (member == null) {
      if (!result.absent(customer) && customer.confirmed()) {
        memory.gone(customer.fingerprint());
      }
      return;
    }
    if (!customer.confirmed()) {
      memory.isMember(customer.fingerprint());
    }
    if (!memory.isMet(customer.fingerprint())) {
      result.unmet(member, customer);
    }
  }

  /** Returns a member with the identifiers that it shows and those that it was sent with. */
  static ListMember withSent(ListMember member, RememberedMember sent) {
    List<Identifier> all = new ArrayList<>(member.identifiers());
    add(ProfileField.EMAIL, sent.email(), all);
    add(ProfileField.PHONE_NUMBER, sent.phone(), all);
    add(ProfileField.EXTERNAL_ID, sent.externalId(), all);
    return new ListMember(member.id(), all, member.joinedAt());
  }

  private static void add(ProfileField kind, @Nullable String text, List<Identifier> all) {
    if (text != null) {
      Identifier identifier = Identifier.of(kind, text);
      if (!all.contains(identifier)) {
        all.add(identifier);
      }
    }
  }
}
