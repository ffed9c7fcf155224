package io.github.klaviyoexport.internal.erase;

import io.github.klaviyoexport.ErasureException;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.record.ForgottenRuns;
import io.github.klaviyoexport.internal.report.ErasureData;
import io.github.klaviyoexport.internal.row.Identifier;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One erasure of a customer. What keeps the customer out of later exports is written first, and
 * Klaviyo is asked last: whatever fails in between, nothing brings the customer back.
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
  private final List<Identifier> known = new ArrayList<>();
  private final Map<Kind, Answer> answers = new EnumMap<>(Kind.class);
  private final List<String> memoriesChanged = new ArrayList<>();
  private final List<String> journalsDeleted = new ArrayList<>();
  private final List<String> left = new ArrayList<>();
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
        known.add(Identifier.of(field, identifier.value()));
      }
    }
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
    return List.of(given);
  }

  private static @Nullable ProfileField field(Kind kind) {
    return switch (kind) {
      case EMAIL -> ProfileField.EMAIL;
      case PHONE_NUMBER -> ProfileField.PHONE_NUMBER;
      case EXTERNAL_ID -> ProfileField.EXTERNAL_ID;
      case PROFILE_ID -> null;
    };
  }

  private static void pass(List<Identifier> identifiers, ErasedCustomers.Identifiers to) {
    identifiers.forEach(identifier -> to.identifier(identifier.kind(), identifier.value()));
  }

  private ErasureReceipt erase() {
    LOG.log(
        System.Logger.Level.INFO, "The erasure of a customer begins, by {0}.", answers.keySet());
    try {
      lookUpProfile();
      if (memory == null) {
        left.add(
            "The exporter has no memory to keep in mind that the customer was erased, so a later"
                + " export brings the customer back: delete the customer in the source, or give the"
                + " exporter a memory and erase again.");
      } else {
        forgetIn(memory);
      }
      if (journal != null) {
        forgetIn(journal);
      }
      for (CustomerIdentifier identifier : given) {
        delete(identifier);
      }
    } catch (IOException failure) {
      throw failed("a store failed (" + Advice.clause(failure) + ")", failure);
    }
    ErasureReceipt receipt = receipt();
    LOG.log(
        System.Logger.Level.INFO,
        "The erasure of a customer has ended; Klaviyo: {0}, left to do: {1}.",
        answers,
        left.size());
    return receipt;
  }

  private ErasureReceipt receipt() {
    return new ErasureData(at, answers, keptOut, memoriesChanged, journalsDeleted, left);
  }

  private ErasureException failed(String why, @Nullable Throwable cause) {
    return new ErasureException(
        "The customer could not be erased whole: "
            + why
            + ". Mend that, and ask for the erasure again; the receipt tells what was done.",
        receipt(),
        cause);
  }

  /** Looks up what a customer is known by who is given by Klaviyo's id. */
  private void lookUpProfile() {
    for (CustomerIdentifier identifier : given) {
      if (identifier.kind() == Kind.PROFILE_ID) {
        for (ListMember profile : profilesOf(identifier)) {
          known.addAll(profile.identifiers());
        }
        if (known.isEmpty()) {
          left.add(
              "Klaviyo does not say what the profile is known by, so the customer is neither"
                  + " forgotten here nor kept out of later exports: erase by email address, phone"
                  + " number or external id.");
        }
      }
    }
  }

  private void forgetIn(ExportMemory memory) throws IOException {
    if (known.isEmpty()) {
      return;
    }
    ErasedCustomers.add(memory, klaviyo.time(), to -> pass(known, to));
    keptOut = true;
    for (KeptMemory kept : memory.list()) {
      if (!kept.holdsErasures()) {
        forgetIn(memory, kept.key());
      }
    }
  }

  private void forgetIn(ExportMemory memory, String key) throws IOException {
    try (Remembered remembered = Remembered.open(memory, key, null)) {
      if (remembered.forget(this::isMeant) > 0) {
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

  private boolean isMeant(RememberedMember member) {
    return isKnown(ProfileField.EMAIL, member.email())
        || isKnown(ProfileField.PHONE_NUMBER, member.phone())
        || isKnown(ProfileField.EXTERNAL_ID, member.externalId());
  }

  private boolean isKnown(ProfileField kind, @Nullable String value) {
    return value != null && known.contains(Identifier.of(kind, value));
  }

  private void forgetIn(ExportJournal journal) throws IOException {
    try {
      ForgottenRuns runs = ForgottenRuns.in(journal);
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
    } catch (UnsupportedOperationException cannot) {
      left.add(
          "The journal does not list its logs, which may hold the customer's id: delete those of runs"
              + " that are over.");
    }
  }

  /** Has Klaviyo delete the profile; by an id of ours, the profiles that have it. */
  private void delete(CustomerIdentifier identifier) {
    if (identifier.kind() != Kind.EXTERNAL_ID) {
      answers.put(identifier.kind(), request(identifier));
      return;
    }
    Answer answer = Answer.UNKNOWN;
    for (ListMember profile : profilesOf(identifier)) {
      if (request(CustomerIdentifier.profileId(profile.id())) == Answer.REQUESTED) {
        answer = Answer.REQUESTED;
      }
    }
    answers.put(identifier.kind(), answer);
  }

  private Answer request(CustomerIdentifier identifier) {
    Reply<Boolean> reply = ask((asked, then) -> asked.deleteProfile(identifier, then));
    if (reply instanceof Refused<?> refused && refused.status() == NOT_FOUND) {
      return Answer.UNKNOWN;
    }
    done(reply);
    return Answer.REQUESTED;
  }

  private List<ListMember> profilesOf(CustomerIdentifier identifier) {
    return done(ask((asked, then) -> asked.profilesOf(identifier, then)));
  }

  private <T> T done(Reply<T> reply) {
    if (reply instanceof Done<T> done) {
      return done.value();
    }
    if (reply instanceof Refused<T> refused) {
      throw failed(Advice.on(refused, null, null).words(), refused.asException());
    }
    KlaviyoException failure = ((Unanswered<T>) reply).failure();
    throw failed("Klaviyo gave no usable answer (" + Advice.clause(failure) + ")", failure);
  }

  private <T> Reply<T> ask(BiConsumer<Klaviyo, Consumer<Reply<T>>> call) {
    try {
      return klaviyo.ask(PATIENCE, call);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw failed("its thread was interrupted", interrupt);
    }
  }
}
