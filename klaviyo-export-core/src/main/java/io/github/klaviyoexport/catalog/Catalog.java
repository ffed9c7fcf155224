package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.PreviewOptions;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.internal.catalog.CatalogListeners;
import io.github.klaviyoexport.internal.catalog.Connections;
import io.github.klaviyoexport.internal.catalog.DueRuns;
import io.github.klaviyoexport.internal.catalog.Obstacles;
import io.github.klaviyoexport.internal.catalog.Permissions;
import io.github.klaviyoexport.internal.catalog.Previews;
import io.github.klaviyoexport.internal.catalog.Repository;
import io.github.klaviyoexport.internal.catalog.RunCancellation;
import io.github.klaviyoexport.internal.catalog.RunHistory;
import io.github.klaviyoexport.internal.catalog.RunSettings;
import io.github.klaviyoexport.internal.catalog.Runs;
import io.github.klaviyoexport.internal.catalog.RunsByActors;
import io.github.klaviyoexport.internal.catalog.SavedExports;
import io.github.klaviyoexport.internal.catalog.SavedMemories;
import io.github.klaviyoexport.internal.catalog.SeenSchedules;
import io.github.klaviyoexport.internal.catalog.UsableConnections;
import io.github.klaviyoexport.internal.catalog.host.ConnectionAccess;
import io.github.klaviyoexport.internal.catalog.host.RunThreads;
import io.github.klaviyoexport.internal.catalog.host.SourceAccess;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormat;
import io.github.klaviyoexport.internal.catalog.store.CatalogFormats;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.ExportState;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The connections and saved exports of an organisation, with their runs: what an administrator's
 * pages show and do.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="catalog"}
 *
 * <p><b>Actors.</b> The host application has its own login, and says with each call who is asking.
 * An {@link Actor} who may not do a thing is refused with {@link
 * CatalogException.Reason#NOT_ALLOWED}. Exports on a connection that is gone or cannot be read are
 * managed by administrators.
 *
 * <p><b>Runs</b> go on in the background, one of an export at a time, also when several processes
 * share a store: a process has a lease on what it runs, for two minutes at a time by default, and
 * when it dies another takes over what it ran. Clocks of processes that share a store should agree
 * within ten seconds. Schedules, further attempts and taking over need something that looks for
 * them: a {@link CatalogScheduler}, or a scheduler of yours that calls {@link #runDue()} every
 * minute or so.
 *
 * <p><b>Secrets and people.</b> Credentials are read when they are needed and never kept. Neither
 * they nor any value of a profile is stored, logged or thrown.
 *
 * <p><b>Lifecycle.</b> Build one for each process, keep it, close it. Safe for use by many threads.
 */
public final class Catalog implements AutoCloseable {
  private final Connections connections;
  private final SavedExports exports;
  private final SourceAccess sourceAccess;
  private final RunHistory history;
  private final Runs runs;
  private final RunsByActors byActors;
  private final DueRuns due;
  private final TimeSource time;
  private final Duration lease;
  private final @Nullable ThreadPoolExecutor ownExecutor;
  private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

  private Catalog(Builder builder, CatalogStore store, ProfileSource source) {
    this.time = builder.time;
    this.lease = builder.lease;
    this.ownExecutor = builder.executor == null ? RunThreads.create(builder.parallelRuns) : null;
    CatalogListeners listeners = new CatalogListeners(builder.listeners, builder.rejectionAlert);
    ConnectionAccess access = new ConnectionAccess(builder.secrets, builder.klaviyo, time);
    Repository<ConnectionData> kept = repository(store, CatalogFormats.CONNECTIONS, listeners);
    UsableConnections usable = new UsableConnections(kept);
    Repository<SavedExportData> savedExports = repository(store, CatalogFormats.EXPORTS, listeners);
    this.history =
        new RunHistory(
            repository(store, CatalogFormats.RUNS, listeners),
            time,
            builder.historySize,
            builder.historyAge);
    Repository<ExportState> states = repository(store, CatalogFormats.STATES, listeners);
    Obstacles obstacles = new Obstacles(savedExports, kept, states);
    this.sourceAccess = new SourceAccess(source);
    this.runs =
        new Runs(
            savedExports,
            usable,
            history,
            states,
            sourceAccess,
            access,
            listeners,
            new RunSettings(
                time,
                builder.executor == null ? Objects.requireNonNull(ownExecutor) : builder.executor,
                builder.journal,
                builder.memory,
                List.copyOf(builder.exportListeners),
                builder.lease,
                builder.attempts,
                builder.retryDelay,
                builder.slowAlert,
                this::wakeSchedulers));
    this.connections =
        new Connections(kept, savedExports, usable, access, runs.cancellation(), time);
    this.exports =
        new SavedExports(
            savedExports,
            usable,
            sourceAccess,
            access,
            runs,
            obstacles,
            new SavedMemories(builder.memory, source, access),
            time);
    this.byActors =
        new RunsByActors(
            exports,
            obstacles,
            history,
            runs,
            new Previews(usable, history, source, sourceAccess, access, builder.memory, time));
    this.due = new DueRuns(obstacles, usable, history, runs, new SeenSchedules(states, time), time);
  }

  private static <T> Repository<T> repository(
      CatalogStore store, CatalogFormat<T> format, CatalogListeners listeners) {
    return new Repository<>(
        store,
        format,
        advice -> listeners.tell(listener -> listener.damaged(advice)),
        advice -> listeners.tell(listener -> listener.notReadableHere(advice)));
  }

  /** Starts building a catalog. */
  public static Builder builder() {
    return new Builder();
  }

  // Connections

  /**
   * Adds a connection. It cannot be used yet: the notice has to be {@linkplain #accept accepted},
   * and the credentials {@linkplain #connect verified}. For administrators.
   *
   * @throws CatalogException if another connection has that name, or one that differs by upper and
   *     lower case, white space or what cannot be seen only
   */
  public Connection add(Actor administrator, ConnectionDefinition definition) {
    Permissions.administers(administrator, "add connections");
    return connections.add(administrator, definition);
  }

  /**
   * Accepts {@link Connection#PRIVACY_NOTICE} for a connection, on record with name and time. Call
   * it when the actor has seen the text and agreed. For administrators.
   */
  public Connection accept(Actor administrator, String connectionId) {
    Permissions.administers(administrator, "accept the data privacy notice");
    return connections.accept(administrator, connectionId);
  }

  /**
   * Verifies the connection's credentials at Klaviyo and records what Klaviyo says of the account.
   * For administrators.
   *
   * @throws CatalogException if the notice is not accepted, the credentials cannot be read or
   *     Klaviyo does not take them, or they are of another account than before
   */
  public Connection connect(Actor administrator, String connectionId) {
    Permissions.administers(administrator, "connect connections");
    return connections.connect(administrator, connectionId);
  }

  /**
   * Changes a connection: its name, who may use it, who answers for it, its credentials. Other
   * credentials are verified before they replace the old ones; saved exports go on with them. For
   * administrators.
   *
   * @param seen the connection as it was when the change was decided
   * @throws CatalogException if it was changed since, if the name is taken, or if the new
   *     credentials are not good
   */
  public Connection edit(Actor administrator, Connection seen, ConnectionDefinition definition) {
    Permissions.administers(administrator, "edit connections");
    return connections.edit(administrator, seen, definition);
  }

  /**
   * Removes a connection. Runs that go through it, here or in another process, are stopped first;
   * when this returns, no data goes out through it any more. For administrators.
   *
   * @throws CatalogException if exports are attached to it, which the message lists; or if it is
   *     changed meanwhile, and then it is still there and unusable until removed again
   */
  public void removeConnection(Actor administrator, String connectionId) {
    Permissions.administers(administrator, "remove connections");
    connections.remove(administrator, connectionId);
  }

  /**
   * Returns a connection with all its details. For administrators.
   *
   * @throws CatalogException if it is unknown
   */
  public Connection connection(Actor administrator, String connectionId) {
    Permissions.administers(administrator, "see the details of connections");
    return connections.find(connectionId);
  }

  /** Returns what everybody may see of all connections. */
  public List<Connection.Summary> connections(Actor actor) {
    return connections.summaries(actor);
  }

  // Saved exports

  /**
   * Returns the segments to choose from, with their sizes where they are known, by name; none if
   * the source is no {@link io.github.klaviyoexport.source.ListingSource}. The source is asked on a
   * thread of its own, and waited for up to ten minutes.
   *
   * @throws CatalogException if the source cannot list them
   */
  public List<AvailableSegment> segments(Actor actor) {
    Permissions.contributes(actor, "list segments");
    return exports.segments();
  }

  /**
   * Checks and saves an export, without running it: the connection is usable, the list is there,
   * the source knows the segments, and they have the fields that the mapping names. The source is
   * asked on a thread of its own, and waited for up to ten minutes for each segment.
   *
   * @throws CatalogException if something is missing or does not fit, or another export has that
   *     name, or one that differs by upper and lower case, white space or what cannot be seen only;
   *     nothing is saved then, unless the message says so
   */
  public SavedExport save(Actor actor, ExportDefinition definition) {
    Permissions.contributes(actor, "save exports");
    return changed(exports.save(actor, definition));
  }

  /**
   * Changes an export, after the same checks as {@link #save}, but for those of its segments where
   * neither they nor the mapping are other than before, and it does not begin to run by itself: so
   * an export of which a segment has vanished can be renamed and switched off. A run that is going
   * on ends as it began; the next one follows the change. A change that takes the connection from
   * it stops its run, as {@link #detach} does.
   *
   * @param seen the export as it was when the change was decided
   * @throws CatalogException if it was changed since, or as for {@link #save}
   */
  public SavedExport edit(Actor actor, SavedExport seen, ExportDefinition definition) {
    Permissions.contributes(actor, "edit exports");
    return changed(exports.edit(actor, seen, definition));
  }

  /**
   * Saves a copy of an export under another name. The copy of a mirror has no connection, because
   * no two mirrors may have one list: give it another list with {@link #edit} and a definition that
   * names a connection.
   */
  public SavedExport duplicate(Actor actor, String exportId, String name) {
    return changed(exports.duplicate(actor, exportId, name));
  }

  /**
   * Takes the connection from an export. It keeps its definition and does not run; a run that is
   * going on is stopped, and one that has failed is not tried again. Who may manage it is still
   * decided by the connection that it had; when that is gone or cannot be read, administrators may.
   */
  public SavedExport detach(Actor actor, String exportId) {
    return changed(exports.detach(actor, exportId));
  }

  /**
   * Gives an export a connection, another one or its first. The list is looked up in the account
   * that it leads to.
   */
  public SavedExport attach(Actor actor, String exportId, String connectionId) {
    return changed(exports.attach(actor, exportId, connectionId));
  }

  /**
   * Removes an export; a run that is going on is stopped. Its history stays until it is old.
   *
   * <p>The export itself goes last. When this throws on the way, it is still there, without its
   * connection, and can be removed again.
   *
   * <p>One that {@linkplain SavedExport#notRunnableHere() cannot be read here} is removed by
   * administrators only, and for all processes. What it remembers is deleted if its segments and
   * its list can be read; otherwise the log says that it is left.
   */
  public void removeExport(Actor actor, String exportId) {
    exports.remove(actor, exportId);
    wakeSchedulers();
  }

  /**
   * Returns an export, also one that cannot be {@linkplain SavedExport#notRunnableHere() run here}.
   *
   * @throws CatalogException if it is unknown
   */
  public SavedExport export(Actor actor, String exportId) {
    Objects.requireNonNull(actor, "actor");
    return exports.show(actor, exportId);
  }

  /**
   * Returns all exports, ordered by id, also those that cannot be {@linkplain
   * SavedExport#notRunnableHere() run here}.
   */
  public List<SavedExport> exports(Actor actor) {
    Objects.requireNonNull(actor, "actor");
    return exports.list(actor);
  }

  private SavedExport changed(SavedExport export) {
    wakeSchedulers();
    return export;
  }

  private void wakeSchedulers() {
    onChange.forEach(Runnable::run);
  }

  // Runs

  /**
   * Looks at what a run of an export would do, on this thread, and changes nothing at Klaviyo. What
   * it shows is kept in the export's history, with who asked and when. Who may start the export may
   * look.
   *
   * <p>The preview cannot be {@linkplain ExportPreview#run() run} itself: {@link #run} runs what is
   * saved.
   *
   * @throws ExportException if the look cannot come to its end, as {@link SegmentExport#preview()};
   *     that is kept in the history too
   * @throws CatalogException if the export is unknown, has no connection that can be read, or
   *     cannot be {@linkplain SavedExport#notRunnableHere() run here}; if its source says that a
   *     segment is not to be read now, which is kept in the history too
   */
  public ExportPreview preview(Actor actor, String exportId) {
    return preview(actor, exportId, PreviewOptions.fewestCalls());
  }

  /**
   * Looks at what a run of an export would do, as {@link #preview(Actor, String)} does, and at more
   * than that.
   *
   * @throws ExportException if the look cannot come to its end
   * @throws CatalogException as {@link #preview(Actor, String)}
   */
  public ExportPreview preview(Actor actor, String exportId, PreviewOptions options) {
    return byActors.preview(actor, exportId, options);
  }

  /**
   * Runs an export now, in the background.
   *
   * @return its record, as {@link RunStatus#QUEUED}; or {@link RunStatus#SKIPPED} when a run of
   *     this export has not ended
   * @throws CatalogException if the export is unknown, has no connection that can be read, or
   *     cannot be {@linkplain SavedExport#notRunnableHere() run here}
   */
  public RunRecord run(Actor actor, String exportId) {
    return byActors.run(actor, exportId);
  }

  /**
   * Runs all active exports that the actor may manage, in the background. Those that cannot be
   * {@linkplain SavedExport#notRunnableHere() run here} are left out.
   *
   * @throws CatalogException if some could not be queued; all others are
   */
  public List<RunRecord> runAll(Actor actor) {
    return byActors.runAll(actor);
  }

  /**
   * Runs the exports that are to run with every refresh, in the background. The host calls it when
   * its segments are refreshed.
   *
   * <p>While a run of an export is going on, in any process, the refresh is not lost: one more run
   * begins when that has ended, however often there is a refresh meanwhile.
   *
   * @return the runs that serve the refresh, as {@link RunStatus#QUEUED}; also those that an
   *     earlier refresh has queued and that have not begun to read
   * @throws CatalogException if some could not be queued; all others are. Repeat it then: runs that
   *     have not begun to read serve that as well
   */
  public List<RunRecord> refresh() {
    return due.refresh();
  }

  /**
   * Starts what is due: exports whose scheduled time has come, failed runs that are to be tried
   * again, and runs whose process has died. Of several scheduled times that were missed, the latest
   * is made up for. Any number of processes may call it at any time: each moment of a schedule is
   * seen to once.
   *
   * @return the runs that were started, or skipped because one was going on
   */
  public List<RunRecord> runDue() {
    return due.run();
  }

  /**
   * Returns when {@link #runDue()} will next have something to do; empty if nothing is planned. An
   * export of which that cannot be read now counts as due in a minute, and delays no other.
   */
  public Optional<Instant> nextDue() {
    return due.next();
  }

  /**
   * Stops a run, wherever it runs; returns at once. What Klaviyo has taken over by then it imports.
   *
   * @throws CatalogException if the run is unknown or has ended
   */
  public void cancel(Actor actor, String runId) {
    byActors.cancel(actor, runId);
  }

  /**
   * Waits until a run has ended, or is to be tried again later, because it failed or because
   * another process holds the export in the journal.
   *
   * @return the run as everybody may see it, without its details
   * @throws CatalogException if the run is unknown, or the thread is interrupted
   */
  public RunRecord await(String runId) {
    return runs.cancellation().await(runId).withoutDetails();
  }

  /**
   * Returns a run as everybody may see it, without its details; {@link #history} has them.
   *
   * @throws CatalogException if the run is unknown
   */
  public RunRecord run(String runId) {
    return runs.shown(history.find(runId)).withoutDetails();
  }

  /**
   * Returns the runs of an export, the latest first; also of one that was removed, until they are
   * old. Administrators see the {@linkplain RunRecord#details() details}, too.
   *
   * @throws CatalogException if there is neither an export of that id nor a run of it
   */
  public List<RunRecord> history(Actor actor, String exportId) {
    return byActors.history(actor, exportId);
  }

  /** Has a listener called when exports or their schedules change, or a run is postponed. */
  void onChange(Runnable listener) {
    onChange.add(listener);
  }

  void notOnChange(Runnable listener) {
    onChange.remove(listener);
  }

  TimeSource time() {
    return time;
  }

  /** Returns how long a process may be silent before another takes over its runs. */
  Duration lease() {
    return lease;
  }

  /**
   * Stops the runs of this process and waits until they have ended, up to two minutes. They are
   * marked to be tried again, and the next process that looks for what is due takes them up. The
   * source is not waited for any more where an export is saved or segments are listed.
   */
  @Override
  public void close() {
    close(RunCancellation.LONGEST);
  }

  /**
   * Closes as {@link #close()} does, within a time that is given. Runs that have not ended by then
   * are taken over when their lease ends.
   *
   * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="shutdown"}
   *
   * @param atMost how long to wait for the end of runs, and for the most part of that for Klaviyo
   *     to confirm what it has, but not longer than 30 seconds for the latter; zero to wait for
   *     nothing
   * @throws IllegalArgumentException if it is negative
   */
  public void close(Duration atMost) {
    if (Objects.requireNonNull(atMost, "atMost").isNegative()) {
      throw new IllegalArgumentException(
          "The wait for the end of runs must be zero or longer; it is " + atMost + ".");
    }
    sourceAccess.close();
    runs.close(atMost);
    if (ownExecutor != null) {
      ownExecutor.shutdown();
    }
  }

  /**
   * Builds a {@link Catalog}: store and source are required.
   *
   * <p>Not safe for use by several threads.
   */
  public static final class Builder {
    private @Nullable CatalogStore store;
    private @Nullable ProfileSource source;
    private SecretStore secrets = SecretStore.standard();
    private UnaryOperator<KlaviyoConnection> klaviyo = UnaryOperator.identity();
    private TimeSource time = TimeSource.system();
    private @Nullable Executor executor;
    private @Nullable ExportJournal journal;
    private @Nullable ExportMemory memory;
    private int parallelRuns = 4;
    private final List<CatalogListener> listeners = new ArrayList<>();
    private final List<ExportListeners> exportListeners = new ArrayList<>();
    private Duration lease = Duration.ofMinutes(2);
    private int attempts = 3;
    private Duration retryDelay = Duration.ofMinutes(5);
    private int historySize = 50;
    private Duration historyAge = Duration.ofDays(90);
    private double rejectionAlert = 0.05;
    private double slowAlert = 2;

    private Builder() {}

    /** Sets where everything is kept. Required. */
    public Builder store(CatalogStore store) {
      this.store = Objects.requireNonNull(store, "store");
      return this;
    }

    /** Sets where the segments' profiles come from. Required. */
    public Builder source(ProfileSource source) {
      this.source = Objects.requireNonNull(source, "source");
      return this;
    }

    /** Sets where credentials are read; from the environment and files by default. */
    public Builder secrets(SecretStore secrets) {
      this.secrets = Objects.requireNonNull(secrets, "secrets");
      return this;
    }

    /**
     * Sets how Klaviyo is reached, beside the credentials: the base URL, an HTTP client with a
     * proxy, the share of the quota; as {@link KlaviyoConnection} does by default. It is called
     * whenever a connection is used; while it throws, Klaviyo cannot be asked, and runs are tried
     * again.
     *
     * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="klaviyo"}
     */
    public Builder klaviyo(UnaryOperator<KlaviyoConnection> settings) {
      this.klaviyo = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Sets the clock; the system's by default. Tests pass their own. */
    public Builder time(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets what runs the exports; daemon threads of the catalog's own by default. It must run what
     * it has taken, and stays yours to close. A run that it refuses has failed in that attempt.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets how many exports the catalog's own threads run at a time, while the others wait; 4 by
     * default. All exports to one account share its quota, so more are hardly faster.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder parallelRuns(int runs) {
      this.parallelRuns = PositiveRule.checked(runs, "The number of parallel runs");
      return this;
    }

    /**
     * Sets what remembers exports that were cut off, so that a further attempt goes on with them;
     * nothing by default, and a further attempt starts over.
     */
    public Builder journal(ExportJournal journal) {
      this.journal = Objects.requireNonNull(journal, "journal");
      return this;
    }

    /**
     * Sets where it is remembered what Klaviyo has confirmed of each customer, so that exports can
     * send {@linkplain ExportDefinition#sending only what has changed}, and their size is guarded;
     * nowhere by default, and then every run sends everything. What an export remembers is deleted
     * when the export is removed, and what it remembers of its segments and list when it is given
     * others; while a run is going on, that is left to the next change or the removal.
     */
    public Builder memory(ExportMemory memory) {
      this.memory = Objects.requireNonNull(memory, "memory");
      return this;
    }

    /** Adds a listener, which hears what has to be looked after. */
    public Builder listener(CatalogListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Adds a maker of export listeners, which is asked for one at the beginning of each attempt:
     * for metrics, or a file of rejections of each attempt, which goes on where the one before
     * stopped.
     *
     * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="exportListener"
     * }
     */
    public Builder exportListener(ExportListeners listeners) {
      exportListeners.add(Objects.requireNonNull(listeners, "listeners"));
      return this;
    }

    /**
     * Sets how long a process may be silent before another takes over its runs; 2 minutes by
     * default. A shorter time takes over sooner, and suffers clocks that differ less. The journal
     * holds an export as long, and no longer, so pass the same time in all processes.
     *
     * @throws IllegalArgumentException if it is shorter than 20 seconds, or longer than 12 hours
     */
    public Builder takeOverAfter(Duration silence) {
      if (silence.compareTo(Duration.ofSeconds(20)) < 0) {
        throw new IllegalArgumentException(
            "The lease of a run is renewed every ten seconds: take over after 20 seconds or more,"
                + " not "
                + InWords.duration(silence)
                + ".");
      }
      if (silence.compareTo(Duration.ofHours(12)) > 0) {
        throw new IllegalArgumentException(
            "A run whose process has died waits until it is taken over: take over after 12 hours or"
                + " less, not "
                + silence
                + ".");
      }
      this.lease = silence;
      return this;
    }

    /**
     * Sets how often a run is tried, the first time counted, while its failures may pass by
     * themselves; 3 times, 5 minutes apart, by default.
     *
     * @param delay how long to wait before the second time; before the third twice as long, and so
     *     on
     * @throws IllegalArgumentException if either is not positive, or the delay more than 30 days
     */
    public Builder attempts(int attempts, Duration delay) {
      this.attempts = PositiveRule.checked(attempts, "The number of attempts");
      this.retryDelay = PositiveRule.checked(delay, "The delay between attempts", 30);
      return this;
    }

    /**
     * Sets how many runs of an export the history keeps, and for how long; 50 and 90 days by
     * default. Runs that have not ended are kept in any case. Previews and runs that were skipped
     * are counted apart, so that they push no others out.
     *
     * @throws IllegalArgumentException if either is not positive, or the age more than 36,500 days
     */
    public Builder history(int runs, Duration age) {
      this.historySize = PositiveRule.checked(runs, "The number of runs to keep");
      this.historyAge = PositiveRule.checked(age, "The age of runs to keep", 36_500);
      return this;
    }

    /**
     * Sets the share of rejected profiles above which {@link CatalogListener#manyRejected} is
     * called; 0.05 by default.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder alertAboveRejected(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "The share of rejected profiles must be from 0 to 1, 0.05 for example; it is "
                + share
                + ".");
      }
      this.rejectionAlert = share;
      return this;
    }

    /**
     * Sets how many times the usual duration (and one minute more) a run may take before {@link
     * CatalogListener#slow} is called; 2 by default. What is usual is known after three successful
     * runs.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder alertAboveUsual(double times) {
      if (!(times >= 1)) {
        throw new IllegalArgumentException(
            "A run is slow when it takes at least 1 times what is usual; it is " + times + ".");
      }
      this.slowAlert = times;
      return this;
    }

    /**
     * Builds the catalog.
     *
     * @throws IllegalStateException if store or source is missing; the message says how to set it
     */
    public Catalog build() {
      if (store == null) {
        throw new IllegalStateException(
            "The catalog has no store: call store(FileCatalogStore.in(...)), or"
                + " store(JdbcCatalogStore.on(...)).");
      }
      if (source == null) {
        throw new IllegalStateException(
            "The catalog has no source: call source(...) with the place profiles come from.");
      }
      return new Catalog(this, store, source);
    }
  }
}
