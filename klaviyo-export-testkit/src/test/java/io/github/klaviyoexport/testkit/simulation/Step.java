package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;

/**
 * One thing that happens in a history. Each step holds all the chance that it needs, so that it
 * means the same when others are left out.
 *
 * @param kind what happens
 * @param whom to whom, a number that is any of those concerned
 * @param luck what else is left to chance
 * @param run how a run goes; of other steps it is not heeded
 */
record Step(Kind kind, int whom, long luck, Run run) {

  /** What may happen. */
  enum Kind {
    /** A customer comes into a segment. */
    JOIN(12),
    /** A customer leaves a segment. */
    LEAVE(12),
    /** A customer's data change. */
    CHANGE(10),
    /** A customer's email address changes. */
    RENAME(6),
    /** A customer goes back to the address before. */
    RENAME_BACK(2),
    /** A customer's address becomes none. */
    SPOIL(3),
    /** A customer's address can be read again. */
    MEND(4),
    /** A customer has the address of another, in capitals. */
    TWIN(2),
    /** A customer has the phone number of another. */
    SHARE(2),
    /** From now on Klaviyo refuses, or fails to import, a customer under that address. */
    REFUSE(1),
    /** The order of the segment changes. */
    REORDER(1),
    /** Others add a member who is no customer. */
    STRANGER(6),
    /** Others add a customer, whether in the segment or not. */
    OTHERS_ADD(4),
    /** Others remove a member, whoever added it. */
    OTHERS_REMOVE(6),
    /** A profile is deleted at Klaviyo. */
    DELETE(3),
    /** A profile is changed at Klaviyo. */
    DRIFT(4),
    /** The mapping has a property more, or less. */
    MAPPING(1),
    /** All that is remembered is lost. */
    LOSE_MEMORY(1),
    /** What is remembered is damaged. */
    DAMAGE_MEMORY(1),
    /** What is remembered is copied. */
    BACK_UP_MEMORY(1),
    /** What is remembered is what was remembered when it was copied. */
    RESTORE_MEMORY(1),
    /** The segment is exported. */
    RUN(34);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    int weight() {
      return weight;
    }
  }

  /** How a run goes. */
  record Run(
      int export,
      SyncMode mode,
      Sending sending,
      boolean remembers,
      boolean continues,
      boolean positioned,
      boolean rough,
      long dies,
      int disturbed) {

    /** The number of steps after which a process dies that does not. */
    static final long NEVER = Long.MAX_VALUE;

    boolean isCalm() {
      return !rough && dies == NEVER && disturbed == 0;
    }

    @Override
    public String toString() {
      return "export "
          + export
          + " "
          + mode
          + (remembers ? " " + sending : " without memory")
          + (continues ? ", continues" : "")
          + (positioned ? ", from a position" : "")
          + (rough ? ", in rough weather" : "")
          + (dies == NEVER ? "" : ", dies after " + dies)
          + (disturbed == 0 ? "" : ", disturbed at request " + disturbed);
    }
  }

  @Override
  public String toString() {
    return kind + (kind == Kind.RUN ? " " + run : "") + " (" + whom + ", " + luck + ")";
  }
}
