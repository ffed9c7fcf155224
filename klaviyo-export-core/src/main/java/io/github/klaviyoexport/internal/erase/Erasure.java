package io.github.klaviyoexport.internal.erase;

import io.github.klaviyoexport.ErasureException;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.record.ForgottenRuns;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.report.ErasureData;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.memory.KeptMemory;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import io.github.klaviyoexport.profile.ProfileField;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One erasure of a customer. What keeps the customer out of later exports is written first, and
 * Klaviyo is asked to delete last: whatever fails in between, nothing brings the customer back.
 * What fails is told, and keeps nothing else from being done.
 */
public final class Erasure {
  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport");
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final int NOT_FOUND = 404;

  private final KlaviyoAccess klaviyo;
  private final @Nullable ExportMemory memory;
  private final @Nullable ExportJournal journal;
  private final List<CustomerIdentifier> given;
  private final Instant at;

  /** What was given: the customer's alone. */
  private final Set<Identifier> sure = new LinkedHashSet<>();

  /** What was given, and what else Klaviyo and the memory know that customer by. */
  private final Set<Identifier> known = new LinkedHashSet<>();

  private final Map<Kind, List<ListMember>> profiles = new EnumMap<>(Kind.class);
  private final Map<Kind, Answer> answers = new EnumMap<>(Kind.class);
  private final Set<String> memoriesChanged = new LinkedHashSet<>();
  private final List<String> journalsDeleted = new ArrayList<>();
  private final Set<String> left = new LinkedHashSet<>();
  private final Set<String> failures = new LinkedHashSet<>();
  private @Nullable Throwable firstFailure;

  /** Whether Klaviyo gave no usable answer, so that it is asked no more of the kind. */
  private boolean isSilent;

  private boolean keptOut;

  private Erasure(
      KlaviyoAccess klaviyo,
      @Nullable ExportMemory memory,
      @Nullable ExportJournal journal,
      List<CustomerIdentifier> given) {
    this.klaviyo = klaviyo;
    this.memory = memory;
    this.journal = journal;
    this.given = given;
    this.at = klaviyo.time().now();
    for (CustomerIdentifier identifier : given) {
      answers.put(identifier.kind(), Answer.NOT_ASKED);
      ProfileField field = field(identifier.kind());
      if (field != null) {
        sure.add(Identifier.of(field, identifier.value()));
      }
    }
    known.addAll(sure);
  }

  /**
   * Erases a customer.
   *
   * @throws IllegalArgumentException if no identifier is given, or two of a kind
   * @throws ErasureException if it could not be carried out whole
   */
  public static ErasureReceipt erase(
      KlaviyoAccess klaviyo,
      @Nullable ExportMemory memory,
      @Nullable ExportJournal journal,
      CustomerIdentifier... given) {
    return new Erasure(klaviyo, memory, journal, checked(given)).erase();
  }

  /**
   * Has a customer no longer kept out of exports.
   *
   * @return whether the customer was
   * @throws IllegalArgumentException if no identifier is given, or two of a kind, or Klaviyo's id
   * @throws IOException if the memory fails
   */
  public static boolean forget(
      KlaviyoAccess klaviyo, ExportMemory memory, CustomerIdentifier... given) throws IOException {
    List<Identifier> known = new ArrayList<>();
    for (CustomerIdentifier identifier : checked(given)) {
      ProfileField field = field(identifier.kind());
      if (field == null) {
        throw new IllegalArgumentException(
            "A customer who was erased has no profile any more, so Klaviyo's id does not tell who it"
                + " was: pass the email address, phone number or external id.");
      }
      known.add(Identifier.of(field, identifier.value()));
    }
    return ErasedCustomers.remove(memory, klaviyo.time(), to -> pass(known, to));
  }

  private static List<CustomerIdentifier> checked(CustomerIdentifier... given) {
    long kinds = Arrays.stream(given).map(CustomerIdentifier::kind).distinct().count();
    if (given.length == 0 || kinds < given.length) {
      throw new IllegalArgumentException(
          "One customer is erased at a time: pass what that customer is known by, at least one"
              + " identifier and at most one of each kind.");
    }
    return Arrays.stream(given).map(Identifier::asSent).toList();
  }

  private static @Nullable ProfileField field(Kind kind) {
    return switch (kind) {
      case EMAIL -> ProfileField.EMAIL;
      case PHONE_NUMBER -> ProfileField.PHONE_NUMBER;
      case EXTERNAL_ID -> ProfileField.EXTERNAL_ID;
      case PROFILE_ID -> null;
    };
  }

  private static void pass(Collection<Identifier> identifiers, ErasedCustomers.Identifiers to) {
    identifiers.forEach(identifier -> to.identifier(identifier.kind(), identifier.value()));
  }

  private void passGiven(ErasedCustomers.Identifiers to) {
    for (CustomerIdentifier identifier : given) {
      ProfileField field = field(identifier.kind());
      to.identifier(field == null ? ProfileField.PROPERTY : field, identifier.value());
    }
  }

  private ErasureReceipt erase() {
    LOG.log(
        System.Logger.Level.INFO, "The erasure of a customer begins, by {0}.", answers.keySet());
    if (memory != null && !known.isEmpty()) {
      attempt(() -> keepOut(memory));
    }
    given.forEach(this::lookUp);
    if (memory == null) {
      left.add(
          "The exporter has no memory to keep in mind that the customer was erased, so a later"
              + " export brings the customer back: delete the customer in the source, or give the"
              + " exporter a memory and erase again.");
    } else if (known.isEmpty()) {
      left.add(
          "Klaviyo does not say what the profile is known by, so the customer is neither forgotten"
              + " here nor kept out of later exports: erase by email address, phone number or"
              + " external id.");
    } else {
      forgetIn(memory);
    }
    if (journal != null) {
      attempt(() -> forgetIn(journal));
    }
    isSilent = false;
    boolean isUnderWay = lookForJobs();
    isSilent = false;
    given.forEach(this::delete);
    if (!isUnderWay && !memoriesChanged.isEmpty()) {
      tellOfStranger();
    }
    if (!failures.isEmpty()) {
      throw failed();
    }
    LOG.log(
        System.Logger.Level.INFO,
        "The erasure of a customer has ended; Klaviyo: {0}, left to do: {1}.",
        answers,
        left.size());
    return receipt();
  }

  private ErasureReceipt receipt() {
    return new ErasureData(
        at, answers, keptOut, List.copyOf(memoriesChanged), journalsDeleted, List.copyOf(left));
  }

  private ErasureException failed() {
    return new ErasureException(
        "The customer could not be erased whole: "
            + String.join("; ", failures)
            + ". Mend that, and ask for the erasure again; the receipt tells what was done.",
        receipt(),
        firstFailure);
  }

  private void failed(String why, Throwable failure) {
    if (failures.add(why)) {
      left.add("Not everything could be done: " + why + ". Mend that, and erase again.");
    }
    if (firstFailure == null) {
      firstFailure = failure;
    }
  }

  private void storeFailed(IOException failure) {
    failed("a store failed (" + Advice.clause(failure) + ")", failure);
  }

  private interface Part {
    void run() throws IOException;
  }

  /** Does a part that concerns a store, whose implementation may throw anything. */
  private void attempt(Part part) {
    try {
      part.run();
    } catch (IOException failure) {
      storeFailed(failure);
    } catch (RuntimeException undeclared) {
      storeFailed(
          new IOException(
              "it threw " + undeclared.getClass().getName(), UnquotedFailure.of(undeclared)));
    }
  }

  /** Takes in what else the customer is known by at Klaviyo. */
  private void lookUp(CustomerIdentifier identifier) {
    boolean asks = !isSilent;
    List<ListMember> found = answer((asked, then) -> asked.profilesOf(identifier, then));
    if (found == null) {
      if (asks && identifier.kind() == Kind.EXTERNAL_ID) {
        answers.put(identifier.kind(), Answer.FAILED);
      }
      return;
    }
    profiles.put(identifier.kind(), found);
    for (ListMember profile : found) {
      known.addAll(profile.identifiers());
      if (identifier.kind() == Kind.PROFILE_ID) {
        sure.addAll(profile.identifiers());
      }
    }
  }

  /** Forgets the customer in all logs; anew, if one has shown what others may know it by. */
  private void forgetIn(ExportMemory memory) {
    int before;
    do {
      before = known.size();
      attempt(() -> keepOut(memory));
      attempt(
          () -> {
            for (KeptMemory kept : memory.list()) {
              if (!kept.holdsErasures()) {
                attempt(() -> forgetIn(memory, kept.key()));
              }
            }
          });
    } while (known.size() > before);
  }

  private void keepOut(ExportMemory memory) throws IOException {
    ErasedCustomers.add(memory, klaviyo.time(), this::passGiven, to -> pass(known, to));
    keptOut = true;
  }

  private void forgetIn(ExportMemory memory, String key) throws IOException {
    try (Remembered remembered = Remembered.open(memory, key, null)) {
      if (remembered.damage() != null) {
        left.add(
            "The memory "
                + key
                + " is damaged and may hold the customer: run its export, which begins it anew, or"
                + " delete it, and erase again.");
        return;
      }
      int before = known.size();
      if (learnFrom(remembered)) {
        if (known.size() > before) {
          attempt(() -> keepOut(memory));
        }
        remembered.forget(this::isMeant);
        memoriesChanged.add(key);
      }
    } catch (LogHeldException held) {
      left.add(
          "The memory "
              + key
              + " is in use by "
              + held.holder()
              + ", which may still send the customer to Klaviyo: erase again when that export has"
              + " ended.");
    }
  }

  /**
   * Takes in what else the customer is known by who is remembered under what was given. What was
   * found does not lead further: a couple may share a phone number, and one of them is meant.
   *
   * @return whether the customer is remembered there
   */
  private boolean learnFrom(Remembered remembered) throws IOException {
    boolean[] isThere = new boolean[1];
    remembered.eachUnmet(
        member -> {
          List<Identifier> all = identifiers(member);
          if (!Collections.disjoint(all, sure)) {
            known.addAll(all);
          }
          isThere[0] |= !Collections.disjoint(all, known);
        });
    return isThere[0];
  }

  private boolean isMeant(RememberedMember member) {
    return !Collections.disjoint(identifiers(member), known);
  }

  private static List<Identifier> identifiers(RememberedMember member) {
    List<Identifier> identifiers = new ArrayList<>();
    add(ProfileField.EMAIL, member.email(), identifiers);
    add(ProfileField.PHONE_NUMBER, member.phone(), identifiers);
    add(ProfileField.EXTERNAL_ID, member.externalId(), identifiers);
    return identifiers;
  }

  private static void add(ProfileField kind, @Nullable String value, List<Identifier> to) {
    if (value != null) {
      to.add(Identifier.of(kind, value));
    }
  }

  private void forgetIn(ExportJournal journal) throws IOException {
    try {
      ForgottenRuns runs = ForgottenRuns.in(journal, at);
      journalsDeleted.addAll(runs.deleted());
      for (String key : runs.unfinished()) {
        left.add(
            "The journal "
                + key
                + " has an unfinished run, whose log may hold the customer's id: resume it or start"
                + " the export over, and erase again.");
      }
      for (String key : runs.inUse()) {
        left.add(
            "The journal "
                + key
                + " is in use by an export that may still send the customer to Klaviyo: erase again"
                + " when that has ended.");
      }
      runs.inDoubt()
          .forEach(
              (key, until) ->
                  left.add(
                      "A job of the export with the journal "
                          + key
                          + " may still be with Klaviyo, which did not say what became of it, and"
                          + " bring the customer back: erase again after "
                          + InWords.moment(until)
                          + "."));
      runs.failures().forEach(this::storeFailed);
    } catch (UnsupportedOperationException cannot) {
      left.add(
          "The journal does not list its logs, which may hold the customer's id: delete those of runs"
              + " that are over.");
    }
  }

  /** Tells that Klaviyo does not know a customer who was exported, if it does not. */
  private void tellOfStranger() {
    if (answers.values().stream().allMatch(Answer.UNKNOWN::equals)) {
      left.add(
          "The customer was exported, and Klaviyo knows no profile by what was given: it may have the"
              + " customer under another address, number or id by now. Look there, and erase by what"
              + " it shows; if it shows nobody, erase again.");
    }
  }

  /**
   * Looks for jobs that bring the customer back if they end after the profile was deleted; returns
   * whether there are any.
   */
  private boolean lookForJobs() {
    Page<ImportJob> newest = answer((asked, then) -> asked.runningJobs(null, then));
    if (newest == null) {
      return false;
    }
    Instant horizon = at.minus(PreviousRun.JOB_NEVER_ENDS_AFTER);
    long jobs =
        newest.items().stream()
            .filter(ImportJob::isOpen)
            .filter(job -> job.createdAt() == null || job.createdAt().isAfter(horizon))
            .count();
    if (jobs > 0) {
      left.add(
          InWords.count(jobs, "import job")
              + " under way at Klaviyo may bring the customer back: erase again when Klaviyo has"
              + " none left.");
    }
    return jobs > 0;
  }

  /** Has Klaviyo delete the profile; by an id of ours, the profiles that have it. */
  private void delete(CustomerIdentifier identifier) {
    Kind kind = identifier.kind();
    if (kind != Kind.EXTERNAL_ID) {
      answers.put(kind, request(identifier));
      return;
    }
    List<ListMember> found = profiles.get(kind);
    if (found == null) {
      return;
    }
    Set<Answer> all = EnumSet.of(Answer.UNKNOWN);
    for (ListMember profile : found) {
      all.add(request(CustomerIdentifier.profileId(profile.id())));
    }
    boolean hasFailed = all.contains(Answer.FAILED) || all.contains(Answer.NOT_ASKED);
    Answer done = all.contains(Answer.REQUESTED) ? Answer.REQUESTED : Answer.UNKNOWN;
    answers.put(kind, hasFailed ? Answer.FAILED : done);
  }

  private Answer request(CustomerIdentifier identifier) {
    if (isSilent) {
      return Answer.NOT_ASKED;
    }
    Reply<Boolean> reply = ask((asked, then) -> asked.deleteProfile(identifier, then));
    if (reply instanceof Refused<?> refused && refused.status() == NOT_FOUND) {
      return Answer.UNKNOWN;
    }
    return value(reply) == null ? Answer.FAILED : Answer.REQUESTED;
  }

  /**
   * Returns what Klaviyo says, or {@code null} if it gives no answer of use, or gave none before.
   */
  private <T> @Nullable T answer(BiConsumer<Klaviyo, Consumer<Reply<T>>> call) {
    return isSilent ? null : value(ask(call));
  }

  private <T> @Nullable T value(Reply<T> reply) {
    if (reply instanceof Done<T> done) {
      return done.value();
    }
    if (reply instanceof Refused<T> refused) {
      failed(Advice.on(refused, null, null).words(), refused.asException());
    } else {
      KlaviyoException failure = ((Unanswered<T>) reply).failure();
      failed("Klaviyo gave no usable answer (" + Advice.clause(failure) + ")", failure);
      isSilent = true;
    }
    return null;
  }

  private <T> Reply<T> ask(BiConsumer<Klaviyo, Consumer<Reply<T>>> call) {
    try {
      return klaviyo.ask(PATIENCE, call);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      failed("its thread was interrupted", interrupt);
      throw failed();
    }
  }
}
