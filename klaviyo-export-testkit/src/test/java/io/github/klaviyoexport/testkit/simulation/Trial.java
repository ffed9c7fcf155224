package io.github.klaviyoexport.testkit.simulation;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.Sending;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One run of a history: an exporter of its own, which lives until its end or is cut off. */
final class Trial {
  private static final Step.Kind[] DISTURBANCES = {
    Step.Kind.JOIN,
    Step.Kind.LEAVE,
    Step.Kind.CHANGE,
    Step.Kind.STRANGER,
    Step.Kind.OTHERS_ADD,
    Step.Kind.OTHERS_REMOVE
  };

  private final World world;
  private final Step.Run run;
  private final SplittableRandom random;
  private final Weather weather;
  private final Lifeline lifeline;
  private final RoughNetwork network;
  private final Witness witness = new Witness();
  private final Oracle oracle;
  private boolean disturbed;

  /** How a run ended: with a report, or with the reason why it stopped. */
  record Outcome(ExportReport report, @Nullable Reason stopped) {}

  Trial(World world, Step.Run run, long luck) {
    this.world = world;
    this.run = run;
    this.random = new SplittableRandom(luck);
    this.weather = run.rough() ? Weather.rough(random) : Weather.calm();
    this.lifeline = new Lifeline(run.dies());
    this.oracle = new Oracle(world, run);
    this.network =
        new RoughNetwork(world.klaviyo, world.time, random, world.trace, 1_000_000, true);
  }

  /** Runs, and checks what came of it. */
  void live() {
    network.set(0, weather, lifeline);
    Map<Person, String> before = world.look().states(world.people);
    Instant began = world.time.now();
    boolean resumes;
    Outcome outcome;
    try (SegmentExporter exporter = exporter()) {
      Segment segment = World.segment(run.export());
      resumes =
          run.continues()
              && world.setup.journaled()
              && exporter.unfinishedRun(segment, world.list).isPresent();
      SegmentExport export = exporter.prepare(segment, world.list).mode(run.mode());
      outcome = outcome(run.continues() ? export.continueUnfinished() : export);
    }
    world.trace.add(
        "ended "
            + outcome.stopped
            + (resumes ? ", resumed, " : ", ")
            + outcome.report.profiles().unconfirmed()
            + " unconfirmed");
    if (!world.memory.sawDeath()) {
      witness.check(outcome.report);
    }
    AccountView after = world.look();
    boolean proven =
        run.remembers() && run.isCalm() && outcome.stopped == null && outcome.report.isConfirmed();
    world.ledger.see(after.memberships(), run.export(), proven);
    world.jobsMayRun(!proven);
    oracle.check(outcome, after, began, resumes, disturbed || lifeline.isCut());
    // What a run without memory has sent is to the next one as if others had.
    world.drifted(before, run.remembers() ? run.export() : -1);
    if (run.remembers() && outcome.stopped == null && !lifeline.isCut()) {
      world
          .drifts
          .get(run.export())
          .runEnded(run.sending() == Sending.EVERYTHING, oracle.delivered(outcome.report));
    }
    rest(outcome);
  }

  /** Lets happen what nobody waits for: jobs of runs that wrote nothing down, and endless ones. */
  private void rest(Outcome outcome) {
    boolean forgets = !world.setup.journaled() && (outcome.stopped != null || run.rough());
    if (forgets || network.hasEndlessJobs()) {
      world.time.advance(Duration.ofDays(8));
    } else if (world.segments.size() > 1) {
      world.time.advance(Duration.ofHours(2));
    }
  }

  private SegmentExporter exporter() {
    SegmentExporter.Builder builder =
        SegmentExporter.builder()
            .source(run.positioned() ? new Source() : plain(new Source()))
            .klaviyo(world.klaviyo.connection().transport(new Passage()))
            .mapping(world.mapping())
            .listener(witness)
            .batchSize(world.setup.batchSize())
            .batchesInFlight(1 + random.nextInt(3))
            .deadline(Duration.ofMinutes(90))
            .maxLeavers(1)
            .maxRejected(1)
            .maxRejectedFields(1)
            .time(new JumpingClock(world.time));
    if (world.setup.doubtIsPassedOver()) {
      builder = builder.maxUnreadable(1);
    }
    if (run.remembers()) {
      world.memory.set(random, weather, lifeline);
      builder =
          builder
              .memory(world.memory)
              .sending(run.sending())
              .resendAllEvery(World.Drift.REPAIRED_WITHIN)
              .readListEvery(2 + random.nextInt(4));
    }
    if (world.setup.journaled()) {
      FrailJournal journal = new FrailJournal(world.journal, random, network);
      journal.set(weather, lifeline);
      builder = builder.journal(journal);
    }
    return builder.build();
  }

  private static ProfileSource plain(ProfileSource source) {
    return source::open;
  }

  private static Outcome outcome(SegmentExport export) {
    try {
      return new Outcome(export.run(), null);
    } catch (ExportException stopped) {
      Canaries.assertNoneIn(stopped);
      if (stopped.reason() == Reason.FAULT && !(stopped.getCause() instanceof Lifeline.Killed)) {
        throw new AssertionError("The exporter fails by itself.", stopped);
      }
      return new Outcome(stopped.report(), stopped.reason());
    }
  }

  /** The segment as it is at the moment of opening. */
  private final class Source implements PositionedSource {
    @Override
    public ProfileReader open(Segment segment) throws IOException {
      return openAt(segment, "0");
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) throws IOException {
      List<Person> customers = world.segments.get(run.export());
      return InMemorySegments.of(segment.name(), customers.stream().map(Person::profile).toList())
          .openAt(segment, position);
    }
  }

  /** The way to the account, on which others may be quicker. */
  private final class Passage implements KlaviyoTransport {
    private int requests;

    @Override
    public CompletableFuture<KlaviyoResponse> send(KlaviyoRequest request) {
      if (++requests == run.disturbed()) {
        disturb();
      }
      return network.send(request);
    }
  }

  private void disturb() {
    disturbed = true;
    Step step =
        new Step(
            DISTURBANCES[random.nextInt(DISTURBANCES.length)],
            random.nextInt(1_000),
            random.nextInt(1_000_000),
            run);
    world.trace.add("MEANWHILE " + step);
    AccountView before = world.look();
    world.ledger.see(before.memberships(), run.export(), false);
    world.jobsMayRun(true);
    world.act(step);
    oracle.othersActed(before, world.look());
  }
}
