package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.AccountImportJob.ImportError;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The bulk imports of an account, those that are over as well until they expire. */
public final class ImportJobs {
  private final Settings settings;
  private final Script script;
  private final Account account;
  private final Map<String, AccountImportJob> jobs = new LinkedHashMap<>();
  private int count;

  /** Opens the imports of an account. */
  public ImportJobs(Settings settings, Script script, Account account) {
    this.settings = settings;
    this.script = script;
    this.account = account;
  }

  /** Returns the jobs in the order in which they were made. */
  public Collection<AccountImportJob> all() {
    Iterator<AccountImportJob> oldest = jobs.values().iterator();
    while (oldest.hasNext() && oldest.next().isExpired(account.nanoTime())) {
      oldest.remove();
    }
    return jobs.values();
  }

  /** Returns the job of that id; {@code null} when there is none, or no longer. */
  public @Nullable AccountImportJob find(String id) {
    all();
    return jobs.get(id);
  }

  /**
   * Starts a job.
   *
   * @param plan how it is to fare if not as usual
   */
  public AccountImportJob submit(ImportRequest request, @Nullable ScriptedFault plan) {
    all();
    count++;
    AccountImportJob job =
        new AccountImportJob(
            account.jobId(),
            count,
            account.now(),
            account.nanoTime(),
            request,
            settings.jobDuration(),
            plan);
    jobs.put(job.id(), job);
    if (job.hasEnd()) {
      account.later(job.duration(), due -> run(job, due));
      Duration joining = settings.membersJoinAfter();
      if (!joining.isZero()) {
        account.later(job.duration().plus(joining), due -> join(job, due));
      }
    }
    return job;
  }

  private void run(AccountImportJob job, Instant now) {
    ImportRequest request = Objects.requireNonNull(job.request(), "a job runs once");
    List<ImportError> errors = new ArrayList<>();
    BitSet touched = new BitSet();
    int[] numbers = new int[request.size()];
    int done = 0;
    if (!job.isCancelled()) {
      for (int index : order(request.size(), job.number())) {
        ProfileRow row = request.row(index);
        if (script.namesProfiles() && script.fails(row)) {
          errors.add(error("invalid", "Invalid input", "Could not be imported.", request, index));
          continue;
        }
        int[] owners = owners(row, touched);
        if (owners.length == 0 && row.isNamedByIdAlone()) {
          errors.add(
              error("invalid", "Invalid input", "There is no profile of that id.", request, index));
          continue;
        }
        if (owners.length > 1) {
          errors.add(
              error(
                  "duplicate_profile",
                  "Conflict.",
                  "The identifiers belong to more than one profile.",
                  request,
                  index));
          continue;
        }
        if (owners.length == 1 && touched.get(owners[0])) {
          // A duplicate inside the job: dropped without a word, counted in the total only.
          continue;
        }
        int number = imported(owners, request, index, row, now);
        touched.set(number);
        numbers[done++] = number;
        if (settings.membersJoinAfter().isZero()) {
          join(job, number, now);
        }
      }
    }
    job.end(Arrays.stream(numbers, 0, done).distinct().toArray(), errors);
  }

  /** Has the profiles of a job join its lists, which it has left them out of when it ended. */
  private void join(AccountImportJob job, Instant now) {
    for (int number : job.profiles()) {
      if (account.profiles().has(number)) {
        join(job, number, now);
      }
    }
  }

  private void join(AccountImportJob job, int number, Instant now) {
    for (String list : job.lists()) {
      KlaviyoList joined = account.findList(list);
      if (joined != null) {
        joined.members().add(number, now);
      }
    }
  }

  /**
   * Returns the numbers of the profiles that a row belongs to: to more than one is an error. What
   * it shares with a profile that has another address counts as the account is told.
   */
  private int[] owners(ProfileRow row, BitSet touched) {
    ProfileStore profiles = account.profiles();
    int[] owners = profiles.owners(row);
    int own = profiles.own(row);
    String email = row.email();
    int[] others =
        Arrays.stream(owners)
            .filter(owner -> owner != own && email != null && profiles.email(owner) != null)
            .toArray();
    if (others.length == 0) {
      return owners;
    }
    return switch (settings.sharedIdentifiers()) {
      case DROPPED -> owners;
      case REFUSED -> new int[] {others[0], others[0]};
      case KEPT -> Arrays.stream(owners).filter(owner -> owner == own).toArray();
      case MERGED -> {
        merge(own, String.valueOf(email), others[0]);
        touched.clear(others[0]);
        yield new int[] {others[0]};
      }
    };
  }

  /** Merges the profile at an address into another; there may be none yet. */
  private void merge(int own, String email, int into) {
    if (own >= 0) {
      account.delete(own);
    }
    account.profiles().addAddress(into, email);
  }

  private int imported(
      int[] owners, ImportRequest request, int index, ProfileRow row, Instant now) {
    ProfileStore profiles = account.profiles();
    if (owners.length == 1) {
      account.change(owners[0], profile(request, index, row), false, now);
      return owners[0];
    }
    if (row.asItStands()) {
      return profiles.create(row, request.attributes(index, row), now);
    }
    return account.make(profile(request, index, row), now);
  }

  private static ObjectNode profile(ImportRequest request, int index, ProfileRow row) {
    return row.usable(JsonValues.read(request.body(), request.from(index), request.to(index)));
  }

  private ImportError error(
      String code, String title, String detail, ImportRequest request, int index) {
    return new ImportError(account.errorId(), code, title, detail, payload(request, index));
  }

  private byte @Nullable [] payload(ImportRequest request, int index) {
    byte[] profile = Arrays.copyOfRange(request.body(), request.from(index), request.to(index));
    return switch (settings.originalPayload()) {
      case ABSENT -> null;
      case RESOURCE -> profile;
      case ATTRIBUTES -> JsonValues.bytes(JsonValues.read(profile).path("attributes"));
      case DOCUMENT -> JsonValues.bytes(JsonValues.object().set("data", JsonValues.read(profile)));
      case DOLLARS -> JsonValues.bytes(identifiers(profile, "$", "$external_id"));
      case ID -> JsonValues.bytes(identifiers(profile, "", "id"));
    };
  }

  /** Returns the identifiers of a profile by other names; an external id called id stands alone. */
  private static ObjectNode identifiers(byte[] profile, String prefix, String externalId) {
    JsonNode attributes = JsonValues.read(profile).path("attributes");
    ObjectNode named = JsonValues.object();
    if (attributes.hasNonNull("external_id")) {
      named.set(externalId, attributes.get("external_id"));
    }
    if (named.isEmpty() || !externalId.equals("id")) {
      for (String name : List.of("email", "phone_number")) {
        if (attributes.hasNonNull(name)) {
          named.set(prefix + name, attributes.get(name));
        }
      }
    }
    return named;
  }

  /**
   * Returns the order in which the profiles of a job are imported. Klaviyo promises none, so there
   * is none to rely on; it is the same in every run.
   */
  private int[] order(int size, int jobNumber) {
    SplittableRandom shuffle = new SplittableRandom(settings.seed() + jobNumber);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int other = shuffle.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
