package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an export: those of its exporter, unless it has some of its own.
 *
 * <p>Immutable. A new setting is a value with its default in {@link Values}, an accessor, and a
 * method that returns the same with another.
 */
public final class ExportSettings {
  private final Values values;

  private ExportSettings(Values values) {
    this.values = values;
  }

  /** Returns the settings that are the default, for a source, a mapping and an account. */
  public static ExportSettings of(
      ProfileSource source, FieldMapping mapping, KlaviyoAccess klaviyo) {
    return new ExportSettings(new Values(source, mapping, klaviyo));
  }

  /** Values that change only until settings are made of them. */
  private static final class Values implements Cloneable {
    ProfileSource source;
    final FieldMapping mapping;
    final KlaviyoAccess klaviyo;
    SyncMode mode = SyncMode.UPSERT;
    double maxLeavers = ExportRules.MAX_LEAVERS;
    double maxUnreadable = ExportRules.MAX_UNREADABLE;
    RejectionLimit maxRejected = ExportRules.MAX_REJECTED;
    RejectionLimit maxRejectedFields = ExportRules.MAX_REJECTED_FIELDS;
    long limit = ExportRules.LIMIT;
    Duration deadline = ExportRules.DEADLINE;
    Duration priorWait = ExportRules.PRIOR_WAIT;
    int batchSize = ExportRules.BATCH_SIZE;
    int batchesInFlight = ExportRules.BATCHES_IN_FLIGHT;
    @Nullable ExportJournal journal;
    @Nullable ExportMemory memory;
    Sending sending = Sending.EVERYTHING;
    double resendShare;
    int resendAllEvery = ExportRules.RESEND_ALL_EVERY;
    double maxSizeChange = ExportRules.MAX_SIZE_CHANGE;
    ErasedCustomers erased = ErasedCustomers.NONE;
    int readListEvery = ExportRules.READ_LIST_EVERY;
    @Nullable String replacedSegment;
    boolean continuesUnfinished;
    boolean reconciles;
    List<ExportListener> listeners = List.of();

    Values(ProfileSource source, FieldMapping mapping, KlaviyoAccess klaviyo) {
      this.source = source;
      this.mapping = mapping;
      this.klaviyo = klaviyo;
    }

    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  private ExportSettings with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ExportSettings(copy);
  }

  /** Returns whether the list is read back and compared when all is sent. */
  public boolean reconciles() {
    return values.reconciles;
  }

  /** Returns the same for an export that reads the list back when all is sent. */
  public ExportSettings reconciling() {
    return with(values -> values.reconciles = true);
  }

  /** Returns where profiles come from. */
  public ProfileSource source() {
    return values.source;
  }

  /** Returns the same for another source. */
  public ExportSettings source(ProfileSource source) {
    return with(values -> values.source = source);
  }

  /** Returns which fields become which. */
  public FieldMapping mapping() {
    return values.mapping;
  }

  /** Returns the way to the account. */
  public KlaviyoAccess klaviyo() {
    return values.klaviyo;
  }

  /** Returns what becomes of the members that the list has already. */
  public SyncMode mode() {
    return values.mode;
  }

  /** Returns the same in another mode. */
  public ExportSettings mode(SyncMode mode) {
    return with(values -> values.mode = mode);
  }

  /** Returns the largest share of the list's members that a mirror removes. */
  public double maxLeavers() {
    return values.maxLeavers;
  }

  /** Returns the same with another largest share of leavers. */
  public ExportSettings maxLeavers(double share) {
    return with(values -> values.maxLeavers = share);
  }

  /**
   * Returns the largest share of the segment's customers that may be members which a mirror removes
   * all the same.
   */
  public double maxUnreadable() {
    return values.maxUnreadable;
  }

  /** Returns the same with another largest share of customers that cannot be read. */
  public ExportSettings maxUnreadable(double share) {
    return with(values -> values.maxUnreadable = share);
  }

  /** Returns how many of its profiles it may reject. */
  public RejectionLimit maxRejected() {
    return values.maxRejected;
  }

  /** Returns the same with another limit to how many profiles are rejected. */
  public ExportSettings maxRejected(RejectionLimit most) {
    return with(values -> values.maxRejected = most);
  }

  /** Returns how many values of each field it may leave out. */
  public RejectionLimit maxRejectedFields() {
    return values.maxRejectedFields;
  }

  /** Returns the same with another limit to how many values of each field are left out. */
  public ExportSettings maxRejectedFields(RejectionLimit most) {
    return with(values -> values.maxRejectedFields = most);
  }

  /** Returns the most profiles it may read. */
  public long limit() {
    return values.limit;
  }

  /** Returns the same with another limit. */
  public ExportSettings limit(long profiles) {
    return with(values -> values.limit = profiles);
  }

  /** Returns how long it may take, until the last job has ended. */
  public Duration deadline() {
    return values.deadline;
  }

  /** Returns the same with another deadline. */
  public ExportSettings deadline(Duration deadline) {
    return with(values -> values.deadline = deadline);
  }

  /** Returns how long it waits for jobs that an earlier run has left with Klaviyo. */
  public Duration priorWait() {
    return values.priorWait;
  }

  /** Returns the same with another wait for jobs of an earlier run. */
  public ExportSettings priorWait(Duration atMost) {
    return with(values -> values.priorWait = atMost);
  }

  /** Returns the most profiles of a batch. */
  public int batchSize() {
    return values.batchSize;
  }

  /** Returns the same with batches of another size. */
  public ExportSettings batchSize(int profiles) {
    return with(values -> values.batchSize = profiles);
  }

  /** Returns how many batches may be filled and not yet taken over. */
  public int batchesInFlight() {
    return values.batchesInFlight;
  }

  /** Returns the same with another number of batches in flight. */
  public ExportSettings batchesInFlight(int batches) {
    return with(values -> values.batchesInFlight = batches);
  }

  /** Returns where runs are remembered, if anywhere. */
  public @Nullable ExportJournal journal() {
    return values.journal;
  }

  /** Returns the same with a journal. */
  public ExportSettings journal(ExportJournal journal) {
    return with(values -> values.journal = journal);
  }

  /** Returns where it is remembered what Klaviyo has confirmed, if anywhere. */
  public @Nullable ExportMemory memory() {
    return values.memory;
  }

  /** Returns the same with a memory. */
  public ExportSettings memory(ExportMemory memory) {
    return with(values -> values.memory = memory);
  }

  /** Returns which profiles are sent. */
  public Sending sending() {
    return values.sending;
  }

  /** Returns the same for an export that sends other profiles. */
  public ExportSettings sending(Sending sending) {
    return with(values -> values.sending = sending);
  }

  /**
   * Returns these settings, if they go together and what is fixed in the mapping can be sent.
   *
   * @throws IllegalStateException if not
   */
  public ExportSettings checked() {
    if (values.mode == SyncMode.TRACKED && values.memory == null) {
      throw new IllegalStateException(
          "Members that this export has added are told from others where it is remembered whom it"
              + " has added: call memory(...) when building the exporter, or choose SyncMode.MIRROR"
              + " for a list that nothing else fills.");
    }
    if (values.sending == Sending.CHANGED_ONLY && values.memory == null) {
      throw new IllegalStateException(
          "Only what has changed can be sent where it is remembered what Klaviyo has confirmed:"
              + " call memory(...) when building the exporter, or send everything.");
    }
    if (values.maxSizeChange < ExportRules.MAX_SIZE_CHANGE && values.memory == null) {
      throw new IllegalStateException(
          "How much a segment's size changes can be guarded where its last size is remembered: call"
              + " memory(...) when building the exporter, or leave maxSizeChange(...) out.");
    }
    ProfileWriter.checkConstants(values.mapping);
    return this;
  }

  /** Returns in which run at the latest a list is read whole that a memory knows. */
  public int readListEvery() {
    return values.readListEvery;
  }

  /** Returns the same with lists read whole after another number of runs. */
  public ExportSettings readListEvery(int runs) {
    return with(values -> values.readListEvery = runs);
  }

  /** Returns the share of the unchanged profiles that is sent all the same. */
  public double resendShare() {
    return values.resendShare;
  }

  /** Returns the same with another share of the unchanged that is sent. */
  public ExportSettings resendShare(double share) {
    return with(values -> values.resendShare = share);
  }

  /** Returns after how many runs everything is sent; 0 for never. */
  public int resendAllEvery() {
    return values.resendAllEvery;
  }

  /** Returns the same with everything sent after another number of runs. */
  public ExportSettings resendAllEvery(int runs) {
    return with(values -> values.resendAllEvery = runs);
  }

  /** Returns how many times larger or smaller than last time the segment may be. */
  public double maxSizeChange() {
    return values.maxSizeChange;
  }

  /** Returns the same with another bound on how its size may change. */
  public ExportSettings maxSizeChange(double times) {
    return with(values -> values.maxSizeChange = times);
  }

  /** Returns which customers are set aside because they were erased. */
  public ErasedCustomers erased() {
    return values.erased;
  }

  /** Returns the same with customers who were erased. */
  public ExportSettings erased(ErasedCustomers erased) {
    return with(values -> values.erased = erased);
  }

  /** Returns the segment of which the list was a mirror until now, if this is to mirror another. */
  public @Nullable String replacedSegment() {
    return values.replacedSegment;
  }

  /** Returns the same for a mirror that takes the place of one of another segment. */
  public ExportSettings replacing(String segment) {
    return with(values -> values.replacedSegment = segment);
  }

  /**
   * Returns whether it goes on where an unfinished run of the same segment and list has stopped,
   * instead of starting over.
   */
  public boolean continuesUnfinished() {
    return values.continuesUnfinished;
  }

  /** Returns the same for an export that goes on where an unfinished run has stopped. */
  public ExportSettings continuingUnfinished() {
    return with(values -> values.continuesUnfinished = true);
  }

  /** Returns who hears of it. */
  public List<ExportListener> listeners() {
    return values.listeners;
  }

  /** Returns the same with one more listener. */
  public ExportSettings listener(ExportListener listener) {
    List<ExportListener> more = new ArrayList<>(values.listeners);
    more.add(listener);
    return with(values -> values.listeners = List.copyOf(more));
  }
}
