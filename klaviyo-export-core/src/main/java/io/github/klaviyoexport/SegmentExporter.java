package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.erase.Erasure;
import io.github.klaviyoexport.internal.export.ExportTask;
import io.github.klaviyoexport.internal.export.RunningExports;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.record.RunSession;
import io.github.klaviyoexport.internal.run.ConcatenatedSegments;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.ExportRules;
import io.github.klaviyoexport.internal.run.ExportSettings;
import io.github.klaviyoexport.internal.run.RejectionLimit;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Exports segments of customer profiles to Klaviyo lists.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="exporter"}
 *
 * <p>An export adds the segment's profiles to the list, and updates those that Klaviyo knows
 * already (by email address; fields that are not mapped stay as they are). Being on a list
 * subscribes no one: consent is left as it is. No member is removed, unless the {@linkplain
 * Builder#mode(SyncMode) mode} is to mirror. Before anything is sent, the mapping is checked
 * against the source, the segment's size against the limit, and the key and the list at Klaviyo.
 *
 * <p><b>Lifecycle.</b> Build one, keep it, close it. Building opens no connection. Closing cancels
 * the exports that still run, waits until they have ended, and releases the connections; {@link
 * #closeWhenDone} lets them come to their end first.
 *
 * <p><b>Shutdown.</b> No shutdown hook is installed. A JVM that ends in the midst of an export, by
 * SIGTERM, {@code System.exit} or a kill, leaves a run that can be {@linkplain #resume resumed}
 * where there is a {@linkplain Builder#journal journal}. A host that calls {@link #close} when it
 * shuts down leaves no batch in doubt that Klaviyo answers in time, and the journal free for others
 * at once. It is then not to call {@code System.exit} from a listener or source: the JVM would wait
 * for the export to end, and the export for the JVM.
 *
 * <p><b>Threads.</b> Immutable and safe for use by many threads; exports may run side by side and
 * share the account's quota, with every other exporter in this JVM that uses the same credentials.
 * {@link #export} works on the calling thread, but for the source, which is read on a thread of its
 * own: see {@link ProfileSource}.
 *
 * <p><b>Memory.</b> At most {@linkplain Builder#batchesInFlight(int) a few batches} of 4.5 MB, and
 * what finds duplicates: 10 to 14 bytes for each profile, or, where phone numbers or external ids
 * are mapped or outcomes are listened to, 4 to 7 bytes for each identifier of a kind that does not
 * come in ascending order. {@linkplain Builder#mode(SyncMode) A mirror} takes 10 to 14 more for
 * each identifier of each profile, and for each member of the list.
 */
public final class SegmentExporter implements AutoCloseable {
  private final ExportSettings settings;
  private final RunningExports exports;

  private SegmentExporter(ExportSettings settings, Executor executor) {
    this.settings = settings;
    this.exports = new RunningExports(settings.klaviyo(), executor);
  }

  /** Starts building an exporter. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Exports a segment to a list, and returns when Klaviyo has confirmed every profile.
   *
   * @throws ExportException if the export stopped; it carries the report so far
   * @throws IllegalStateException if the exporter is closed
   */
  public ExportReport export(Segment segment, ListRef list) {
    return prepare(segment, list).run();
  }

  /**
   * Looks at what the mapping makes of a segment's first customers; nothing is sent.
   *
   * @throws IllegalArgumentException if it is not from 1 to 10,000 customers, or the mapping names
   *     fields that the segment does not have
   * @throws UncheckedIOException if the source cannot be read; the message says why and how far it
   *     got
   */
  public MappingSample sample(Segment segment, int customers) {
    return MappingSample.of(settings.source(), segment, settings.mapping(), customers);
  }

  /**
   * Tells how a list differs from a segment, on this thread, and changes nothing: it tells who is
   * missing from the list, and who is in it and not in the segment. Of a {@linkplain
   * ListVerification#isWhole() part} of the segment only who is missing is told.
   *
   * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="verify"}
   *
   * <p>The segment is read twice and the list once, a call for 100 members; customers whom the list
   * does not show are looked up by their email addresses, a call for 100 of them. Memory is as in a
   * {@linkplain Builder#mode(SyncMode) mirror}.
   *
   * @throws ExportException as {@link #export}, if it cannot come to its end
   * @throws IllegalStateException if the exporter is closed
   */
  public ListVerification verify(Segment segment, ListRef list) {
    return verify(segment, list, new VerificationListener() {});
  }

  /**
   * Tells how a list differs from a segment, as {@link #verify(Segment, ListRef)} does.
   *
   * @param listener hears of everybody who is missing, unexpected or undecided
   * @throws ExportException as {@link #export}, if it cannot come to its end
   * @throws IllegalStateException if the exporter is closed
   */
  public ListVerification verify(Segment segment, ListRef list, VerificationListener listener) {
    return prepare(segment, list).verify(listener);
  }

  /** Prepares an export, to set options of its own or to run it in the background. */
  public SegmentExport prepare(Segment segment, ListRef list) {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(list, "list");
    return new SegmentExport(exports, new ExportPlan(segment, list, settings));
  }

  /**
   * Exports several segments to a list, each customer once, as {@link #export(Segment, ListRef)}
   * does one; the report tells what was found in {@linkplain ExportReport.Profiles#bySegment()
   * each}.
   *
   * @throws IllegalArgumentException if there are no segments, or one is named twice
   */
  public ExportReport export(List<Segment> segments, ListRef list) {
    return prepare(segments, list).run();
  }

  /**
   * Prepares an export of several segments to a list. They are read one after the other, in this
   * order, and all opened at the start; a customer of several is sent with the fields of the first.
   *
   * @throws IllegalArgumentException if there are no segments, or one is named twice
   */
  public SegmentExport prepare(List<Segment> segments, ListRef list) {
    Objects.requireNonNull(list, "list");
    ConcatenatedSegments several = new ConcatenatedSegments(settings.source(), segments);
    return new SegmentExport(
        exports, new ExportPlan(several.together(), list, settings.source(several)));
  }

  /**
   * Exports a segment to several lists, to one after the other, and reads it for each: a Klaviyo
   * import fills one list. An export that stops does not keep the others from being made; closing
   * the exporter cancels those too that have yet to begin.
   *
   * @param <L> what the lists are given as: {@link ListId}, or {@link ListRef} for names as well
   * @return the report of each list, in their order. That of an export that stopped is among them:
   *     its {@link ExportReport#stopReason()} says why
   * @throws IllegalArgumentException if a list is named twice
   * @throws IllegalStateException if the exporter is closed
   */
  public <L extends ListRef> Map<L, ExportReport> exportToEach(
      Segment segment, Collection<L> lists) {
    Objects.requireNonNull(segment, "segment");
    Map<L, ExportPlan> plans = new LinkedHashMap<>();
    for (L list : lists) {
      if (plans.put(list, new ExportPlan(segment, list, settings)) != null) {
        throw new IllegalArgumentException("The list " + list + " is named twice: name each once.");
      }
    }
    return exports.runEach(plans);
  }

  /**
   * Goes on with a run that was cut off, by a crash for example.
   *
   * <p>Jobs that Klaviyo already has are picked up. The source is read again, from where it can be
   * {@linkplain io.github.klaviyoexport.source.PositionedSource positioned} or else from its start;
   * what was taken over before is not sent again. Batches of which it is unknown whether they
   * arrived are sent again. The report covers the whole export.
   *
   * <p>A run of several segments goes on with {@link SegmentExport#continueUnfinished}, since the
   * journal does not tell which they are.
   *
   * @param run the id of the run, from a report or {@link #unfinishedRun}
   *     <p>The run goes on in this exporter's {@linkplain Builder#mode mode}. One that was prepared
   *     with another goes on with {@link SegmentExport#continueUnfinished}.
   * @throws ExportException of reason {@link ExportException.Reason#NOT_RESUMABLE} if the run was
   *     set up otherwise, and as {@link #export}
   * @throws IllegalArgumentException if there is no such unfinished run
   * @throws IllegalStateException if the exporter is closed or has no journal, or if another
   *     process runs the export; the message says which
   * @throws UncheckedIOException if the journal cannot be read
   */
  public ExportReport resume(String run) {
    Objects.requireNonNull(run, "run");
    RunSession session = open(journal -> RunSession.openAndReplay(run, journal));
    ExportTask task;
    try {
      task = exports.take(planOf(run, session), session);
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
    return exports.run(task, () -> {});
  }

  private ExportPlan planOf(String run, RunSession session) {
    PreviousRun unfinished = session.unfinished();
    if (unfinished == null || !unfinished.began().run().equals(run)) {
      throw new IllegalArgumentException(
          "The journal has no unfinished run "
              + run
              + (unfinished == null
                  ? ": it has ended, or was never begun."
                  : "; unfinished is a later one, " + unfinished.began().run() + "."));
    }
    Setup setup = unfinished.began().setup();
    return new ExportPlan(
        Segment.named(setup.segment()), ListId.of(setup.list()), settings.continuingUnfinished());
  }

  /**
   * Returns the id of the run of an export that was cut off and has been neither resumed nor
   * started over. For a list that is known by its name, {@link SegmentExport#continueUnfinished}
   * goes on with such a run or begins one.
   *
   * @throws IllegalStateException if the exporter has no journal, or the export is being run
   * @throws UncheckedIOException if the journal cannot be read
   */
  public Optional<String> unfinishedRun(Segment segment, ListId list) {
    Setup setup = new ExportPlan(segment, list, settings).setup();
    try (RunSession session = open(journal -> RunSession.openAndReplay(setup, journal, false))) {
      return Optional.ofNullable(session.unfinishedRun());
    }
  }

  /** Returns the same for an export of several segments. */
  public Optional<String> unfinishedRun(List<Segment> segments, ListId list) {
    return unfinishedRun(new ConcatenatedSegments(settings.source(), segments).together(), list);
  }

  /**
   * Erases one customer: requests deletion at Klaviyo, forgets the customer in the {@linkplain
   * Builder#memory memory} and the {@linkplain Builder#journal journal}, and keeps in mind that
   * later exports are to set the customer aside, with {@link
   * io.github.klaviyoexport.profile.Rejection.Reason#ERASED}.
   *
   * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="erasure"}
   *
   * <p><b>Klaviyo</b> is asked once for each identifier (3 times a second, 60 a minute), and
   * deletes the profile with its events and memberships later; a profile that it does not know is
   * an outcome. The key needs the scope {@code data-privacy:write} beside those of an export.
   *
   * <p><b>Kept in mind</b> is a fingerprint of each identifier, keyed with the memory's key, for
   * every segment and list: who it was cannot be read from it. These are the identifiers that are
   * given, and those that Klaviyo's profile and the memory show beside them, because another export
   * may know the customer by no other. What none of them shows is not kept in mind: give all that
   * you know. A customer of whom any of them is is set aside, so give what is this customer's
   * alone; who shares what was found, a phone number for example, is told as set aside, and comes
   * back with {@link #forgetErasure}. It takes a memory; without one the receipt says that a later
   * export brings the customer back.
   *
   * <p><b>Forgotten</b> is all that the memory's logs hold of the customer, which are written anew,
   * and the journal's logs of runs that are over, which are deleted whole; of jobs in doubt, sizes
   * and times stay for a day, because the next run has to wait for them. Logs of unfinished runs
   * stay, with your customers' ids and keyed fingerprints of identifiers, because they are what a
   * run is resumed by; so do logs that say of which segment a list is a mirror, which hold no
   * customer. What your application keeps of reports, files of rejections and catalogs' histories,
   * all by your customers' ids, is yours to delete.
   *
   * <p>An export that runs meanwhile goes on and may still send the customer, and an import that is
   * under way at Klaviyo may have the customer. The receipt says so; erase again when they have
   * ended. Exports that begin afterwards set the customer aside.
   *
   * <p>What fails keeps nothing else from being done: a log that is damaged, or an identifier that
   * Klaviyo refuses. The exception's receipt says what is left to do.
   *
   * @param customer what one customer is known by: at most one identifier of each kind
   * @throws IllegalArgumentException if there is none, or two of a kind
   * @throws ErasureException if Klaviyo or a store did not do its part; what was done is not undone
   * @throws IllegalStateException if the exporter is closed
   */
  public ErasureReceipt erase(CustomerIdentifier... customer) {
    exports.requireOpen();
    return Erasure.erase(settings.klaviyo(), settings.memory(), settings.journal(), customer);
  }

  /**
   * Lets a customer be exported again who was {@linkplain #erase erased}. Nothing comes back by
   * that: the next export sends the customer if the segment has it.
   *
   * @param customer at least one of what the customer was known by when erased, but for Klaviyo's
   *     id; all that was kept in mind with it is forgotten
   * @return whether any of them was kept in mind
   * @throws IllegalArgumentException if there is none, two of a kind, or Klaviyo's id
   * @throws IllegalStateException if the exporter has no memory
   * @throws UncheckedIOException if the memory fails
   */
  public boolean forgetErasure(CustomerIdentifier... customer) {
    ExportMemory memory = settings.memory();
    if (memory == null) {
      throw new IllegalStateException(
          "This exporter has no memory, so it keeps no erasure in mind: call memory(...) when"
              + " building it.");
    }
    try {
      return Erasure.forget(settings.klaviyo(), memory, customer);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The memory could not be changed (" + Advice.clause(failure) + ").", failure);
    }
  }

  private interface Opening {
    RunSession in(ExportJournal journal) throws IOException;
  }

  private RunSession open(Opening opening) {
    ExportJournal journal = settings.journal();
    if (journal == null) {
      throw new IllegalStateException(
          "This exporter has no journal, so it remembers no run: call journal(...) when building"
              + " it.");
    }
    try {
      return opening.in(journal);
    } catch (LogHeldException held) {
      throw new IllegalStateException(held.getMessage(), held);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The journal cannot be read (" + Advice.clause(failure) + ").", failure);
    }
  }

  /**
   * Cancels the exports that still run, waits for them to end, and releases the connections.
   *
   * <p>Each of them hands over nothing more, waits up to 30 seconds for Klaviyo to confirm what it
   * has, and ends with an {@link ExportException} of reason {@link
   * ExportException.Reason#CANCELLED}. If the closing thread is interrupted, it does not wait. An
   * export that has not ended six seconds after its time, because a source, a listener, a token
   * supplier or other code that it calls has not returned, is left behind, which a warning in the
   * log tells.
   *
   * @throws IllegalStateException if what an export calls, such as a listener or source, calls this
   *     from within it, and it would wait for itself
   */
  @Override
  public void close() {
    exports.close(Duration.ZERO, RunContext.GRACE);
  }

  /**
   * Closes as {@link #close()} does, with another wait for Klaviyo to confirm what it has.
   *
   * <p>What is not confirmed by then is unconfirmed in the report, and with a journal a resumed run
   * asks for it.
   *
   * @param confirmation how long exports wait at most; zero to wait for nothing
   * @throws IllegalArgumentException if it is negative
   * @throws IllegalStateException as {@link #close()}
   */
  public void close(Duration confirmation) {
    exports.close(Duration.ZERO, ExportRules.checkedConfirmation(confirmation));
  }

  /**
   * Takes no more exports, lets those that run come to their end, and closes.
   *
   * @param atMost how long that may take; the exports that still run then are cancelled, as by
   *     {@link #close()}. An interrupt of the closing thread cancels them at once.
   * @throws IllegalStateException as {@link #close()}
   */
  public void closeWhenDone(Duration atMost) {
    exports.close(atMost, RunContext.GRACE);
  }

  /**
   * Takes no more exports, lets those that run come to their end, and closes, all of it within the
   * sum of two times, and six seconds more where code that an export calls does not return.
   *
   * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="shutdown"}
   *
   * @param atMost how long coming to their end may take, as in {@link #closeWhenDone(Duration)}
   * @param confirmation how long the exports that are cancelled then wait for Klaviyo to confirm
   *     what it has, as in {@link #close(Duration)}
   * @throws IllegalArgumentException if {@code confirmation} is negative
   * @throws IllegalStateException as {@link #close()}
   */
  public void closeWhenDone(Duration atMost, Duration confirmation) {
    exports.close(atMost, ExportRules.checkedConfirmation(confirmation));
  }

  /**
   * Builds a {@link SegmentExporter}: source, connection and mapping are required.
   *
   * <p>Not safe for use by several threads.
   */
  public static final class Builder {
    private static final AtomicLong THREADS = new AtomicLong();

    private @Nullable ProfileSource source;
    private @Nullable KlaviyoConnection connection;
    private @Nullable FieldMapping mapping;
    private UnaryOperator<ExportSettings> options = settings -> settings;
    private TimeSource time = TimeSource.system();
    private Executor executor =
        task -> {
          Thread thread = new Thread(task, "klaviyo-export-" + THREADS.incrementAndGet());
          thread.setDaemon(true);
          thread.start();
        };

    private Builder() {}

    private Builder with(UnaryOperator<ExportSettings> option) {
      UnaryOperator<ExportSettings> before = options;
      options = settings -> option.apply(before.apply(settings));
      return this;
    }

    /** Sets where profiles come from. Required. */
    public Builder source(ProfileSource source) {
      this.source = Objects.requireNonNull(source, "source");
      return this;
    }

    /** Sets the Klaviyo account. Required. */
    public Builder klaviyo(KlaviyoConnection connection) {
      this.connection = Objects.requireNonNull(connection, "connection");
      return this;
    }

    /** Sets which fields become which. Required, the email's at least. */
    public Builder mapping(FieldMapping mapping) {
      this.mapping = Objects.requireNonNull(mapping, "mapping");
      return this;
    }

    /** Adds a listener to every export. */
    public Builder listener(ExportListener listener) {
      Objects.requireNonNull(listener, "listener");
      return with(settings -> settings.listener(listener));
    }

    /**
     * Sets what exports do with the members that their list has already; by default {@link
     * SyncMode#UPSERT}.
     *
     * <p>A {@link SyncMode#MIRROR} reads the segment twice: to its end before anything is sent, to
     * hold the list's members against it, and again to send it. Reading a list takes a call for
     * each 100 members. No member is removed unless all of the segment was read and Klaviyo has
     * confirmed every profile.
     *
     * <p>A profile may have several email addresses, of which Klaviyo shows one. So if members
     * would leave, the customers whose address no member shows are looked up first, with a call for
     * each 100 of them, and members that turn out to be customers stay. Up to 50,000 addresses are
     * kept in memory for that; a larger segment is read a third time.
     *
     * <p>A member is a leaver when none of its email address, phone number and external id, as far
     * as they are mapped, is a customer's of the segment; customers whose profiles are rejected are
     * in the segment too. Customers whose email address cannot be read are recognised by your own
     * id, if you map it with {@code externalId(...)}.
     */
    public Builder mode(SyncMode mode) {
      Objects.requireNonNull(mode, "mode");
      return with(settings -> settings.mode(mode));
    }

    /**
     * Sets the largest share of a list's members that a {@link SyncMode#MIRROR} removes as leavers;
     * by default 0.2, a fifth. An export that finds more has most likely the wrong list, or half a
     * segment: it stops before anything is sent or any member removed. So does one whose segment is
     * empty, whatever is set here.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder maxLeavers(double share) {
      double checked = ExportRules.checkedMaxLeavers(share);
      return with(settings -> settings.maxLeavers(checked));
    }

    /**
     * Sets the largest share of the segment's customers whose email address or phone number cannot
     * be read with which a {@link SyncMode#MIRROR} still removes members that may be such
     * customers; by default 0.05, a twentieth.
     *
     * <p>Such a customer may be any member that nothing else tells from it, and is one member at
     * most: so many members at most are removed although they are customers, and they are members
     * again after the run that can read them. Members that resemble such a customer stay: those
     * whose name before the {@code @} is a word of the address that cannot be read, or whose phone
     * number ends in the same digits. Above the share all members stay that may be such customers,
     * and the report says so; with 0 a single one keeps them.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder maxUnreadable(double share) {
      double checked = ExportRules.checkedMaxUnreadable(share);
      return with(settings -> settings.maxUnreadable(checked));
    }

    /**
     * Sets the largest share of profiles, duplicates not counted, that an export rejects; by
     * default 0.5, half of them, once that is 10 profiles or more. An export that rejects every
     * profile stops however few they are, unless 1 is set here. A share that is set counts from the
     * first profile on, so 0 lets an export stop for a single one.
     *
     * <p>An export that rejects more has most likely the wrong mapping. It stops with {@link
     * ExportException.Reason#TOO_MANY_REJECTED} when a batch's worth of profiles has been read (at
     * least 1,000), and that is mostly before anything is sent; customers without any identifier do
     * not count yet, because some sources have all of those first. At its end it stops when all
     * else is delivered and confirmed, and then a mirror removes no leaver.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder maxRejected(double share) {
      RejectionLimit most = ExportRules.checkedMaxRejected(share);
      return with(settings -> settings.maxRejected(most));
    }

    /**
     * Sets the largest share of each field's values that an export leaves out; by default 0.9, nine
     * tenths, of which only values count that cannot be sent, and once they are 10 or more. A share
     * that is set counts from the first value on, and those that Klaviyo refuses as well; 1 allows
     * all. The export stops as with {@link #maxRejected}.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder maxRejectedFields(double share) {
      RejectionLimit most = ExportRules.checkedMaxRejectedFields(share);
      return with(settings -> settings.maxRejectedFields(most));
    }

    /**
     * Sets the most profiles that an export may read; by default 100,000, because Klaviyo bills
     * active profiles. A segment known to be larger is refused before anything is sent; of one that
     * turns out to be larger, that many are exported before the export stops.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder limit(long profiles) {
      long most = ExportRules.checkedLimit(profiles);
      return with(settings -> settings.limit(most));
    }

    /**
     * Sets how long an export may take until its last profile is confirmed; by default 6 hours,
     * since Klaviyo may take hours over large imports. It stops before that when Klaviyo has
     * neither taken over nor refused a batch 30 minutes after first being sent it, or has not
     * answered a read for as long.
     *
     * <p>A source that hangs is left behind at the deadline. Other code of yours that an export
     * calls, such as a listener or a token supplier, is waited for.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder deadline(Duration deadline) {
      Duration checked = ExportRules.checkedDeadline(deadline);
      return with(settings -> settings.deadline(checked));
    }

    /**
     * Sets how long an export waits, before it sends anything, for jobs that an earlier run has
     * left with Klaviyo; by default an hour. What those hold is older and must not be written over
     * what is newer, so an export that has waited as long stops with {@link
     * ExportException.Reason#PRIOR_JOBS}.
     *
     * <p>After a minute listeners are {@linkplain ExportListener#warned told} of the wait. A job
     * that has not ended a day after it was made is taken for one that never will: it is told of,
     * and not waited for. Without a {@linkplain #journal journal} nothing is known of earlier runs.
     *
     * @param atMost {@link Duration#ZERO} to go on at once, whatever earlier jobs may still write
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxWaitForPriorJobs(Duration atMost) {
      Duration checked = ExportRules.checkedPriorWait(atMost);
      return with(settings -> settings.priorWait(checked));
    }

    /**
     * Sets the most profiles of a batch; by default 10,000, which is the most that Klaviyo takes.
     * Smaller batches make smaller requests and more of them, which the quota counts.
     *
     * @throws IllegalArgumentException if it is not from 1 to 10,000
     */
    public Builder batchSize(int profiles) {
      int checked = ExportRules.checkedBatchSize(profiles);
      return with(settings -> settings.batchSize(checked));
    }

    /**
     * Sets how many batches of up to 4.5 MB an export may hold: being filled, waiting for the
     * quota, or under way; by default 4. More only helps where requests take longer than a second;
     * fewer take less memory.
     *
     * @throws IllegalArgumentException if it is not from 1 to 64
     */
    public Builder batchesInFlight(int batches) {
      int checked = ExportRules.checkedBatchesInFlight(batches);
      return with(settings -> settings.batchesInFlight(checked));
    }

    /**
     * Sets where runs are remembered, so that one which is cut off can be {@linkplain
     * SegmentExporter#resume resumed}; by default nowhere.
     *
     * <p>With a journal, an export of the same segment to the same list runs only once at a time,
     * in all processes that share the journal. An export that finds an unfinished run starts over,
     * once the jobs which that run has left with Klaviyo have ended, so that nothing older is
     * written over newer data; or it goes on with that run, if {@link
     * SegmentExport#continueUnfinished} says so.
     */
    public Builder journal(ExportJournal journal) {
      Objects.requireNonNull(journal, "journal");
      return with(settings -> settings.journal(journal));
    }

    /**
     * Sets where it is remembered, from run to run, what Klaviyo has confirmed of each customer in
     * a list; by default nowhere.
     *
     * <p>It is for {@linkplain #sending(Sending) sending only what has changed}, and guards the
     * segment's {@linkplain #maxSizeChange(double) size}. A run writes in it what it is about to
     * send and what Klaviyo confirms, and holds it meanwhile: an export of the same segment to the
     * same list runs only once at a time, in all processes that share the memory. An export stops
     * with {@link ExportException.Reason#MEMORY_FAILED} when it cannot write there. A memory that
     * is damaged is told of and begun anew: then everything is sent once.
     *
     * <p>In the heap it takes some 24 bytes a customer.
     */
    public Builder memory(ExportMemory memory) {
      Objects.requireNonNull(memory, "memory");
      return with(settings -> settings.memory(memory));
    }

    /**
     * Sets which of a segment's profiles exports send; by default {@link Sending#EVERYTHING}.
     *
     * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="changed"}
     */
    public Builder sending(Sending which) {
      Objects.requireNonNull(which, "which");
      return with(settings -> settings.sending(which));
    }

    /**
     * Sets the share of the unchanged profiles that an export of {@link Sending#CHANGED_ONLY} sends
     * all the same, because Klaviyo's side may have drifted; by default 0. They take turns: with
     * 0.1 each is sent within ten runs.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder resendShare(double share) {
      double checked = ExportRules.checkedResendShare(share);
      return with(settings -> settings.resendShare(checked));
    }

    /**
     * Sets how often an export of {@link Sending#CHANGED_ONLY} sends everything; by default in
     * every tenth run, counted in runs of the whole segment that came to a clean end.
     *
     * @param runs 1 for always, 0 for never
     * @throws IllegalArgumentException if it is negative
     */
    public Builder resendAllEvery(int runs) {
      int checked = ExportRules.checkedResendAllEvery(runs);
      return with(settings -> settings.resendAllEvery(checked));
    }

    /**
     * Sets how many times larger or smaller than last time a segment may be; by default 10. Beyond
     * that most likely something is wrong with it, so an export stops with {@link
     * ExportException.Reason#SIZE_CHANGED}: before anything is sent, if the source knows the size
     * or a mirror has read the segment. Else one that is larger stops when it has exported as much
     * as may be, and one that is smaller is {@linkplain ExportListener#warned told of}.
     *
     * <p>The last size is that of the last run that came to a clean end; it takes a {@linkplain
     * #memory memory}, and {@link #build} fails if less than the default is asked for without one.
     * A segment that had fewer than 100 customers is not guarded. A run of a part of the segment is
     * not either, and says nothing of the size of the whole.
     *
     * @param times {@link Double#POSITIVE_INFINITY} to allow any
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxSizeChange(double times) {
      double checked = ExportRules.checkedMaxSizeChange(times);
      return with(settings -> settings.maxSizeChange(checked));
    }

    /**
     * Sets how often an export that removes leavers and has a memory reads its list whole; by
     * default in every tenth run, counted in runs that came to a clean end.
     *
     * <p>In the other runs leavers are known from the memory and looked up, a hundred a call, if
     * the members that are remembered and those that have joined since are as many as Klaviyo
     * counts. If they are not, the list is read all the same.
     *
     * @param runs 1 for always
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder readListEvery(int runs) {
      int checked = ExportRules.checkedReadListEvery(runs);
      return with(settings -> settings.readListEvery(checked));
    }

    /** Sets the clock; by default the system's. Tests pass their own. */
    public Builder time(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets what runs the exports that are {@linkplain SegmentExport#start() started} in the
     * background; by default a new daemon thread for each. An export blocks its thread now and then
     * and pins no virtual one.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Builds the exporter.
     *
     * @throws IllegalStateException if source, connection or mapping is missing, or the memory that
     *     {@link Sending#CHANGED_ONLY}, {@link SyncMode#TRACKED} or a narrow guard of the
     *     {@linkplain #maxSizeChange size} takes, or the mapping has a {@linkplain
     *     FieldMapping#constant(String, Object) fixed value} that cannot be sent; the message says
     *     which and what to do
     */
    public SegmentExporter build() {
      if (source == null) {
        throw new IllegalStateException(
            "The exporter has no source: call source(...) with the place profiles come from.");
      }
      if (connection == null) {
        throw new IllegalStateException(
            "The exporter has no Klaviyo connection: call klaviyo(KlaviyoConnection.of(...)).");
      }
      if (mapping == null) {
        throw new IllegalStateException(
            "The exporter has no mapping, and the field that holds the email address is required:"
                + " call mapping(FieldMapping.email(...)).");
      }
      ExportSettings settings =
          options
              .apply(ExportSettings.of(source, mapping, new KlaviyoAccess(connection, time)))
              .checked();
      return new SegmentExporter(settings, executor);
    }
  }
}
