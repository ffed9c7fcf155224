package io.github.klaviyoexport.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeProfile;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.testkit.VirtualTime;
import io.github.klaviyoexport.testkit.simulation.History.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The world of a history: customers, segments, an account whose list others fill too, and all that
 * becomes of them step by step.
 */
final class World {
  /** A process takes a while to start; what the one before has sent has arrived by then. */
  private static final Duration BETWEEN_STEPS = RoughNetwork.LONGEST_WAY.plusSeconds(1);

  final Setup setup;
  final List<String> trace;
  final VirtualTime time = VirtualTime.create();
  final FakeKlaviyo klaviyo;
  final Client client;
  final ListId list;
  final MemoryJournal journal = MemoryJournal.create();
  final FrailMemory memory = new FrailMemory();
  final List<Person> people = new ArrayList<>();
  final List<List<Person>> segments = new ArrayList<>();
  final Ledger ledger = new Ledger();
  final List<Drift> drifts = new ArrayList<>();

  int mappings;
  private int lastExport;
  private int strangers;
  private boolean jobsMayRun;

  World(Setup setup, List<String> trace) {
    this.setup = setup;
    this.trace = trace;
    this.klaviyo =
        FakeKlaviyo.builder()
            .time(time)
            .seed(setup.seed())
            .quota(false)
            .apiKey("pk_" + Customers.CANARY + setup.seed())
            .jobDuration(Duration.ofSeconds(setup.jobSeconds()))
            .sharedIdentifiers(setup.shared())
            .refusesStrangers(setup.refusesStrangers())
            .start();
    this.client = Client.inProcess(klaviyo);
    this.list = klaviyo.listId();
    for (int i = 0; i < setup.people(); i++) {
      people.add(new Person(i, setup.phones() && i % 4 != 3));
    }
    for (int export = 0; export < setup.modes().size(); export++) {
      int offset = export;
      segments.add(
          new ArrayList<>(people.stream().filter(p -> (p.number + offset) % 2 == 0).toList()));
      drifts.add(new Drift());
    }
    klaviyo
        .list()
        .add(
            IntStream.range(0, setup.strangers())
                .mapToObj(i -> strangerEmail())
                .toArray(String[]::new));
    time.advance(Duration.ofDays(1));
    ledger.see(look().memberships(), Ledger.OTHERS, false);
  }

  private String strangerEmail() {
    return Customers.CANARY + "-stranger-" + strangers++ + "@shop.example";
  }

  static Segment segment(int export) {
    return Segment.named("vip-" + export);
  }

  FieldMapping mapping() {
    FieldMapping mapping =
        FieldMapping.email("EMailAddress").firstName("FirstName").property("Version");
    if (setup.phones()) {
      mapping = mapping.phone("Telephone1");
    }
    if (setup.keys()) {
      mapping = mapping.externalId("Key");
    }
    return mappings % 2 == 1 ? mapping.property("Tier") : mapping;
  }

  AccountView look() {
    return AccountView.of(klaviyo, client);
  }

  /** Takes a step. */
  void take(Step step) {
    trace.add("STEP " + step);
    settle();
    if (step.kind() == Step.Kind.RUN) {
      Trial trial = new Trial(this, step.run(), step.luck());
      lastExport = step.run().export();
      trial.live();
    } else {
      act(step);
      if (step.kind() == Step.Kind.DELETE) {
        Map<Person, String> before = look().states(people);
        time.advance(Duration.ofSeconds(setup.jobSeconds() + 1));
        drifted(before, -1);
      }
    }
    time.advance(BETWEEN_STEPS);
  }

  /** Takes note of what jobs that outlived their runs have done. */
  private void settle() {
    ledger.see(look().memberships(), lastExport, false);
  }

  /** Lets something happen that is no run. */
  void act(Step step) {
    List<Person> segment = segments.get((int) (step.luck() % segments.size()));
    switch (step.kind()) {
      case JOIN ->
          any(step, person -> !segment.contains(person))
              .ifPresent(person -> segment.add((int) (step.luck() % (segment.size() + 1)), person));
      case LEAVE -> any(step, segment::contains).ifPresent(segment::remove);
      case CHANGE ->
          any(step, person -> true).ifPresent(person -> person.version = (int) (step.luck() % 4));
      case RENAME -> any(step, person -> true).ifPresent(person -> rename(person, 1));
      case RENAME_BACK ->
          any(step, person -> person.address > 0).ifPresent(person -> rename(person, -1));
      case SPOIL -> any(step, person -> true).ifPresent(person -> person.readable = false);
      case MEND ->
          any(step, person -> !person.readable).ifPresent(person -> person.readable = true);
      case TWIN -> twin(step);
      case SHARE -> share(step);
      case REFUSE -> any(step, person -> person.readable).ifPresent(person -> refuse(person, step));
      case REORDER -> Collections.shuffle(segment, new Random(step.luck()));
      case LOSE_MEMORY, DAMAGE_MEMORY, BACK_UP_MEMORY, RESTORE_MEMORY -> remember(step);
      default -> atKlaviyo(step);
    }
  }

  private void remember(Step step) {
    switch (step.kind()) {
      case LOSE_MEMORY -> memory.lose();
      case DAMAGE_MEMORY -> memory.damage(step.luck());
      case BACK_UP_MEMORY -> memory.backUp();
      default -> {
        memory.restore();
        // What was sent since then is to the memory as if others had done it.
        drifts.forEach(drift -> people.forEach(drift::begin));
      }
    }
    if (step.kind() != Step.Kind.BACK_UP_MEMORY) {
      ledger.forget();
    }
  }

  /** Says whether jobs of ours may be under way while nothing of ours runs. */
  void jobsMayRun(boolean may) {
    jobsMayRun = may;
  }

  private Optional<Person> any(Step step, Predicate<Person> concerned) {
    List<Person> all = people.stream().filter(concerned).toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(step.whom() % all.size()));
  }

  private void rename(Person person, int by) {
    person.address += by;
    person.disputed = true;
  }

  private void twin(Step step) {
    any(step, person -> true)
        .ifPresent(
            person -> {
              Person other = people.get((int) (step.luck() % people.size()));
              person.twinOf = person.twinOf == person ? other : person;
              person.disputed = true;
            });
  }

  private void share(Step step) {
    // Where Klaviyo takes two customers of one number for one person, it loses one of the two
    // without a word, so that no export can be right.
    boolean apart =
        setup.shared() == SharedIdentifiers.KEPT || setup.shared() == SharedIdentifiers.REFUSED;
    if (setup.phones() && apart) {
      any(step, person -> true)
          .ifPresent(
              person -> {
                Person other = people.get((int) (step.luck() % people.size()));
                person.phoneOf = person.phoneOf == person ? other : person;
                people.forEach(each -> each.disputed = true);
              });
    }
  }

  private void refuse(Person person, Step step) {
    person.twinOf.refused.add(person.twinOf.address);
    String email = person.twinOf.ownEmail(person.twinOf.address);
    if (step.luck() % 2 == 0) {
      klaviyo.refuseProfiles("email", email);
    } else {
      klaviyo.failProfiles(email);
    }
  }

  private void atKlaviyo(Step step) {
    if (step.kind() == Step.Kind.MAPPING) {
      mappings++;
      return;
    }
    Map<Person, String> before = look().states(people);
    int owner = Ledger.OTHERS;
    switch (step.kind()) {
      case STRANGER -> add(strangerEmail());
      case OTHERS_ADD -> {
        Optional<Person> added = any(step, person -> person.readable);
        added.ifPresent(person -> add(person.email()));
        owner = jobsMayRun ? Ledger.ANYBODY : Ledger.OTHERS;
      }
      case OTHERS_REMOVE -> removeAny(step);
      case DELETE -> any(step, person -> person.readable).ifPresent(this::delete);
      case DRIFT -> any(step, person -> person.readable).ifPresent(this::drift);
      default -> throw new AssertionError(step);
    }
    ledger.see(look().memberships(), owner, false);
    drifted(before, -1);
  }

  /** Takes note of what was changed of people by others than an export. */
  void drifted(Map<Person, String> before, int butBy) {
    Map<Person, String> after = look().states(people);
    for (int export = 0; export < drifts.size(); export++) {
      if (export != butBy) {
        for (Person person : people) {
          if (!before.get(person).equals(after.get(person))) {
            drifts.get(export).begin(person);
          }
        }
      }
    }
  }

  private void add(String email) {
    if (klaviyo.profile(email).isEmpty()) {
      send(
          "POST",
          "/api/profiles",
          "{\"data\":{\"type\":\"profile\",\"attributes\":{\"email\":\"" + email + "\"}}}");
    }
    client.members("POST", List.of(klaviyo.profile(email).orElseThrow().id()));
  }

  private void removeAny(Step step) {
    List<String> members = List.copyOf(look().members().keySet());
    if (!members.isEmpty()) {
      client.members("DELETE", List.of(members.get(step.whom() % members.size())));
    }
  }

  private void delete(Person person) {
    klaviyo
        .profile(person.email())
        .ifPresent(
            profile -> {
              send(
                  "POST",
                  "/api/data-privacy-deletion-jobs",
                  "{\"data\":{\"type\":\"data-privacy-deletion-job\",\"attributes\":{\"profile\":"
                      + "{\"data\":{\"type\":\"profile\",\"id\":\""
                      + profile.id()
                      + "\",\"attributes\":{}}}}}}");
            });
  }

  private void drift(Person person) {
    Optional<String> id = klaviyo.profile(person.email()).map(FakeProfile::id);
    id.ifPresent(
        known ->
            send(
                "PATCH",
                "/api/profiles/" + known,
                "{\"data\":{\"type\":\"profile\",\"id\":\""
                    + known
                    + "\",\"attributes\":{\"properties\":{\"Version\":-1}}}}"));
  }

  private void send(String method, String path, String body) {
    assertThat(client.send(method, path, body).status())
        .as(method + " " + path)
        .isBetween(200, 299);
  }

  /** Lets everything come to its end, and exports in calm, until nothing may be wrong any more. */
  void comeToRest() {
    time.advance(Duration.ofDays(8));
    for (int round = 0; round <= Drift.REPAIRED_WITHIN; round++) {
      for (int export = 0; export < segments.size(); export++) {
        take(
            new Step(
                Step.Kind.RUN,
                0,
                export + round,
                new Step.Run(
                    export,
                    setup.modes().get(export),
                    setup.sending(),
                    setup.remembers(),
                    false,
                    round % 2 == 0,
                    false,
                    Step.Run.NEVER,
                    0)));
      }
    }
  }

  void close() {
    klaviyo.close();
    // The account's quotas are kept for a while; let them be forgotten.
    time.advance(Duration.ofMinutes(3));
    Thread.interrupted();
  }

  /** Which people were changed at Klaviyo by others, and how many runs ago. */
  static final class Drift {
    /** After so many runs that sent only what had changed, everything was sent anyway. */
    static final int REPAIRED_WITHIN = 3;

    private final Map<Person, Integer> runs = new HashMap<>();

    void begin(Person person) {
      runs.put(person, 0);
    }

    /**
     * Takes note of the end of a run.
     *
     * @param delivers whether a run delivers a customer if it sends everything: one that is not in
     *     the segment, or cannot be read, waits for the next such run
     */
    void runEnded(boolean sentEverything, Predicate<Person> delivers) {
      runs.replaceAll((person, ended) -> delivers.test(person) ? ended + 1 : 0);
      runs.entrySet()
          .removeIf(
              entry ->
                  entry.getValue() >= REPAIRED_WITHIN
                      || sentEverything && delivers.test(entry.getKey()));
    }

    boolean isOf(Person person) {
      return runs.containsKey(person);
    }
  }
}
