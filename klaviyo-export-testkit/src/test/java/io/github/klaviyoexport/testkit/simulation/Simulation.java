package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Scope;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.SortedReader;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The life of an export, derived from a seed: some rounds in which all that can go wrong does, each
 * in a new process as far as the export can tell, and then calm, in which it has to come to its
 * end.
 *
 * <p>After each round it is checked that the report adds up, names everybody and tells nothing
 * personal, and at the end that all and only the good profiles are in the list, in their newest
 * version, whatever arrives late. A third of the lives have a source that is sorted. A third
 * mirror: then whoever was in the list before and is no customer has left it, if customers and
 * strangers can be told apart.
 */
final class Simulation {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final int CALM_ROUNDS = 5;
  private static final int UNLIMITED = 1_000_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final SplittableRandom random;
  private final List<String> trace = new ArrayList<>();
  private final VirtualTime time = VirtualTime.create();
  private final JumpingClock clock = new JumpingClock(time);
  private final List<Runnable> background = new ArrayList<>();
  private final Source source = new Source();
  private final Customers customers;
  private final boolean namesRows;
  private final OriginalPayload payload;
  private final int batchSize;
  private final int inFlight;
  private final int mostRows;
  private final boolean journaled;
  private final boolean positioned;
  private final boolean sorted;
  private final boolean mirrors;
  private final Set<String> strangers = new TreeSet<>();
  private final Set<String> members = new TreeSet<>();
  private final FakeKlaviyo klaviyo;
  private final ListId list;
  private final RoughNetwork network;
  private final FrailJournal journal;
  private final ToldOutcomes outcomes = new ToldOutcomes();
  private int version;
  private int round;
  private long failsAfter = NEVER;
  private boolean wasCutShort;
  private double mostLeavers = 1;

  /** How a round ended: with a report, or with the reason why it stopped. */
  private record Outcome(ExportReport report, @Nullable Reason stopped) {}

  /** The segment as it is at the moment of opening. */
  private final class Source implements PositionedSource {
    private InMemorySegments opened = InMemorySegments.of("none");

    @Override
    public ProfileReader open(Segment segment) throws IOException {
      return openAt(segment, "0");
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) throws IOException {
      opened = InMemorySegments.of(SEGMENT.name(), customers.profiles(version));
      opened.failingAfter(SEGMENT.name(), failsAfter).sizeUnknown(SEGMENT.name());
      ProfileReader reader = opened.openAt(segment, position);
      return sorted ? new SortedReader(reader) : reader;
    }
  }

  private Simulation(long seed) {
    random = new SplittableRandom(seed);
    namesRows = random.nextInt(4) > 0;
    double bad = random.nextInt(3) == 0 ? 0 : random.nextDouble(namesRows ? 0.6 : 0.15);
    int most = random.nextInt(16) == 0 ? 150 : 25;
    sorted = new SplittableRandom(~seed).nextInt(3) == 0;
    customers = new Customers(1 + random.nextInt(most), bad, sorted, random);
    payload = OriginalPayload.values()[random.nextInt(OriginalPayload.values().length)];
    batchSize = 1 + random.nextInt(8);
    inFlight = 1 + random.nextInt(5);
    mostRows = random.nextInt(4) == 0 ? 1 + random.nextInt(batchSize) : UNLIMITED;
    journaled = random.nextInt(8) > 0;
    positioned = random.nextBoolean();
    klaviyo =
        FakeKlaviyo.builder()
            .time(time)
            .seed(seed)
            .apiKey("pk_" + Customers.CANARY + seed)
            .jobDuration(Duration.ofSeconds(random.nextInt(300)))
            .originalPayload(payload)
            .badProfilesPerAnswer(random.nextBoolean() ? 1 + random.nextInt(3) : 10_000)
            .refusesStrangers(random.nextBoolean())
            .start();
    list = klaviyo.listId();
    customers.spoil(klaviyo);
    mirrors = random.nextInt(3) == 0;
    if (mirrors) {
      enlist();
    }
    network = new RoughNetwork(klaviyo, time, random, trace, mostRows, namesRows);
    journal = new FrailJournal(random, network);
  }

  /**
   * Lives through it.
   *
   * @return what happened, line by line
   * @throws AssertionError if something is not as promised; its message ends with what happened
   */
  static List<String> run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      simulation.live();
      return simulation.trace;
    } catch (RuntimeException | Error failure) {
      List<String> last = simulation.trace;
      throw new AssertionError(
          "Seed "
              + seed
              + " fails in round "
              + simulation.round
              + "; replay it with -Dsimulation.seed="
              + seed
              + ". "
              + failure
              + last.subList(Math.max(0, last.size() - 40), last.size()).stream()
                  .collect(Collectors.joining("\n  ", "\nWhat happened last:\n  ", "")),
          failure);
    } finally {
      // The account's quotas are kept for a while; let them be forgotten.
      simulation.time.advance(Duration.ofMinutes(3));
      Thread.interrupted();
    }
  }

  /** Gives the list members that it has from before: strangers, and some of the customers. */
  private void enlist() {
    int most = random.nextInt(40) == 0 ? 2_500 : 30;
    for (int i = random.nextInt(most); i > 0; i--) {
      strangers.add(Customers.CANARY + "-stranger-" + i + "@shop.example");
    }
    customers.sendable().stream().filter(email -> random.nextInt(4) == 0).forEach(members::add);
    klaviyo.list().add(strangers.toArray(String[]::new));
    klaviyo.list().add(members.toArray(String[]::new));
    // However the clock jumps, they have joined before.
    time.advance(Duration.ofDays(1));
  }

  private void live() {
    for (int rounds = random.nextInt(6); round < rounds; round++) {
      long steps = random.nextBoolean() ? random.nextInt(120) : NEVER;
      clock.jumpTo(Duration.ofMinutes(random.nextInt(5) == 0 ? random.nextInt(-999, 999) : 0));
      failsAfter = random.nextInt(6) == 0 ? random.nextInt(customers.count()) : NEVER;
      wasCutShort |= failsAfter != NEVER;
      live(Weather.rough(random), new Lifeline(steps), false);
      // A process takes a while to start; what the one before has sent has arrived by then.
      time.advance(RoughNetwork.LONGEST_WAY.plusSeconds(random.nextInt(60)));
    }
    failsAfter = NEVER;
    if (network.hasEndlessJobs() || !journaled) {
      // Klaviyo forgets jobs after a week; without a journal, nobody waits for those of old.
      time.advance(Duration.ofDays(8));
    }
    finishInCalm();
    round++;
    network.storm(random.nextInt(30));
    checkComplete(live(Weather.calm(), Lifeline.endless(), true));
    time.advance(Duration.ofDays(2));
    checkList();
  }

  private void finishInCalm() {
    int last = round + CALM_ROUNDS;
    while (live(Weather.calm(), Lifeline.endless(), false).stopped != null) {
      assertThat(++round).as("rounds until it comes to its end in calm").isLessThan(last);
    }
  }

  /** One process: it resumes what it finds, or exports anew. */
  private Outcome live(Weather weather, Lifeline lifeline, boolean anew) {
    boolean calm = weather.equals(Weather.calm());
    mostLeavers = calm || random.nextBoolean() ? 1 : random.nextDouble();
    Witness witness = new Witness();
    ToldOutcomes.Process told = outcomes.new Process(lifeline);
    network.set(round, weather, lifeline);
    journal.set(weather, lifeline);
    Outcome outcome;
    boolean resumes;
    try (SegmentExporter exporter = exporter(witness, told)) {
      Optional<String> unfinished =
          journaled ? exporter.unfinishedRun(SEGMENT, list) : Optional.empty();
      resumes = !anew && unfinished.isPresent() && (calm || random.nextInt(4) > 0);
      version += resumes ? 0 : 1;
      network.version(version);
      trace.add("round " + round + (resumes ? " resumes, " : " begins, ") + weather);
      Set<String> settled = resumes ? network.settled() : Set.of();
      outcome =
          resumes && random.nextBoolean()
              ? resumed(exporter, unfinished.get())
              : started(exporter, resumes, calm);
      assertThat(network.sent(round)).as("what is sent again").noneMatch(settled::contains);
    }
    trace.add(
        "ended "
            + outcome.stopped
            + ", "
            + outcome.report.profiles().unconfirmed()
            + " unconfirmed");
    witness.check(outcome.report);
    told.check(outcome.report, resumes);
    check(outcome, lifeline);
    return outcome;
  }

  private SegmentExporter exporter(Witness witness, ToldOutcomes.Process told) {
    ProfileSource unpositioned = source::open;
    background.clear();
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(positioned ? source : unpositioned)
            .klaviyo(klaviyo.connection().transport(network))
            .mapping(customers.mapping())
            .listener(witness)
            .listener(told)
            // It may grow from one process to the next; what was sent before must not.
            .batchSize(batchSize + round)
            .batchesInFlight(inFlight)
            .deadline(Duration.ofMinutes(90))
            .executor(background::add)
            .mode(mirrors ? SyncMode.MIRROR : SyncMode.UPSERT)
            .maxLeavers(mostLeavers)
            // In segments as small as these, most profiles may well be bad ones.
            .maxRejected(1)
            .maxRejectedFields(1)
            .time(clock);
    return journaled ? builder.journal(journal).build() : builder.build();
  }

  private Outcome resumed(SegmentExporter exporter, String run) {
    try {
      return new Outcome(exporter.resume(run), null);
    } catch (ExportException stopped) {
      return stopped(stopped);
    }
  }

  private Outcome started(SegmentExporter exporter, boolean resumes, boolean calm) {
    SegmentExport export = exporter.prepare(SEGMENT, list);
    if (resumes) {
      export = export.continueUnfinished();
    }
    if (!calm && random.nextInt(8) == 0) {
      export = export.deadline(Duration.ofSeconds(random.nextInt(1, 600)));
    }
    if (!calm && random.nextInt(8) == 0) {
      export = export.limit(random.nextInt(1, customers.count() + 1));
      wasCutShort = true;
    }
    ExportRun run = export.start();
    Thread thread = Thread.currentThread();
    boolean[] ended = new boolean[1];
    Duration soon = Duration.ofMillis(random.nextInt(300_000));
    if (!calm && random.nextInt(8) == 0) {
      time.schedule(soon, run::cancel);
    } else if (!calm && random.nextInt(8) == 0) {
      time.schedule(
          soon,
          () -> {
            if (!ended[0]) {
              thread.interrupt();
            }
          });
    }
    background.get(0).run();
    ended[0] = true;
    Thread.interrupted();
    try {
      return new Outcome(run.report().toCompletableFuture().join(), null);
    } catch (CompletionException stopped) {
      if (stopped.getCause() instanceof ExportException expected) {
        return stopped(expected);
      }
      throw stopped;
    }
  }

  private static Outcome stopped(ExportException stopped) {
    Canaries.assertNoneIn(stopped);
    if (stopped.reason() == Reason.FAULT && !(stopped.getCause() instanceof Lifeline.Killed)) {
      throw new AssertionError("The exporter fails by itself.", stopped);
    }
    return new Outcome(stopped.report(), stopped.reason());
  }

  /** What holds after each round, however it ended. */
  private void check(Outcome outcome, Lifeline lifeline) {
    ExportReport report = outcome.report;
    Canaries.assertNoneLogged();
    assertThat(journal.wasWrittenAfterFailure()).as("a failed journal written to").isFalse();
    assertThat(source.opened.openReaders()).as("open readers").isZero();
    assertThat(outcome.stopped)
        .as("why it stopped")
        .isNotIn(Reason.ALREADY_RUNNING, Reason.NOT_RESUMABLE, Reason.MAPPING_UNFIT);
    // Without a journal, one that dies while it reads the last errors takes it for Klaviyo's
    // silence.
    assertThat(outcome.stopped != null || !lifeline.isCut() || !journaled)
        .as("the dead do not finish")
        .isTrue();
    assertThat(profilesRejected(report)).isSubsetOf(customers.rejected(namesRows));
    assertThat(klaviyo.list().emails()).as("customers stay in the list").containsAll(members);
    if (outcome.stopped == Reason.TOO_MANY_LEAVERS) {
      assertThat((double) report.leavers().found())
          .isGreaterThan(mostLeavers * report.leavers().members());
    }
    assertThat(report.traffic().calls())
        .as("calls")
        .isLessThan(2_000 + 60L * (report.jobs().size() + customers.count()));
    if (!network.hasStrays()) {
      assertThat(klaviyo.requests()).noneMatch(request -> request.status() == 429);
    }
    if (outcome.stopped == null) {
      assertThat(report.profiles().read()).as("read").isEqualTo(customers.count());
      assertThat(report.profiles().duplicates()).as("duplicates").isEqualTo(customers.duplicates());
      assertThat(report.profiles().unsent()).as("unsent").isZero();
      assertThat(report.rejections().fields())
          .as("fields left out")
          .isEqualTo(customers.fieldsLeftOut(namesRows));
      assertThat(klaviyo.list().emails()).isSubsetOf(mayBeListed(report.leavers().kept() != null));
      assertThat(report.leavers().removed())
          .isEqualTo(report.leavers().kept() == null ? report.leavers().found() : 0);
      checkIdenticalBytes();
    }
  }

  /**
   * Who may be in the list: good customers, who was there before, and strangers until they left.
   */
  private Set<String> mayBeListed(boolean strangersStay) {
    Set<String> listed = new TreeSet<>(customers.listed(namesRows));
    listed.addAll(members);
    if (strangersStay) {
      listed.addAll(strangers);
    }
    return listed;
  }

  private static Set<String> profilesRejected(ExportReport report) {
    return report.rejections().first().stream()
        .filter(rejection -> rejection.scope() == Scope.PROFILE)
        .map(Rejection::customerId)
        .filter(Objects::nonNull)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A batch whose fate was unknown has gone out again to the byte, where nothing took it apart. */
  private void checkIdenticalBytes() {
    boolean whole = customers.refused() == 0 && mostRows == UNLIMITED && !wasCutShort;
    if (journaled && whole) {
      Set<Long> settled =
          network.posts().stream()
              .filter(post -> post.written)
              .map(post -> post.digest)
              .collect(Collectors.toSet());
      assertThat(network.ofThisRun())
          .as("batches of unknown outcome that were sent again with the same bytes")
          .allMatch(post -> post.refused || settled.contains(post.digest));
    }
  }

  /** A calm export of it all. */
  private void checkComplete(Outcome outcome) {
    ExportReport report = outcome.report;
    assertThat(outcome.stopped).isNull();
    assertThat(report.isConfirmed()).isTrue();
    assertThat(report.profiles().accepted()).isEqualTo(customers.listed(namesRows).size());
    assertThat(report.profiles().rejected()).isEqualTo(customers.rejected(namesRows).size());
    Set<String> named = new TreeSet<>(customers.rejected(namesRows));
    if (payload == OriginalPayload.ABSENT) {
      named.removeAll(customers.failing());
    }
    assertThat(profilesRejected(report)).isEqualTo(named);
    assertThat(report.traffic().calls())
        .isLessThan(240 + 12L * customers.count() + strangers.size() / 100);
    assertThat(report.leavers().kept())
        .isEqualTo(mirrors && customers.areTooManyUnreadable() ? Kept.UNREADABLE : null);
    journal.lines().forEach(Canaries::assertNoneIn);
  }

  private void checkList() {
    assertThat(klaviyo.list().emails())
        .containsExactlyInAnyOrderElementsOf(mayBeListed(customers.areTooManyUnreadable()));
    for (String email : customers.listed(namesRows)) {
      assertThat(klaviyo.list().profile(email).orElseThrow())
          .as("the profile in the list")
          .containsEntry("properties", Map.of("Version", version));
    }
  }
}
