package io.github.klaviyoexport.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.FakeKlaviyo.OriginalPayload;
import io.github.klaviyoexport.testkit.ImportJob.ImportError;
import io.github.klaviyoexport.testkit.KlaviyoList.OptIn;
import io.github.klaviyoexport.testkit.ProfileStore.Identifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state of a Klaviyo account: lists, profiles and import jobs.
 *
 * <p>It knows nothing of HTTP. Jobs have no thread: what has fallen due is done when somebody next
 * looks. Callers hold the account's monitor.
 */
final class Account {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int UNKNOWN = -1;
  private static final int AMBIGUOUS = -2;

  private final Settings settings;
  private final Script script;
  private final SplittableRandom random;
  private final ProfileStore profiles;
  private final Map<String, KlaviyoList> lists = new LinkedHashMap<>();
  private final Map<String, ImportJob> jobs = new LinkedHashMap<>();
  private final PriorityQueue<ImportJob> unfinished =
      new PriorityQueue<>(
          Comparator.comparingLong(ImportJob::endNanos).thenComparingInt(ImportJob::number));
  private int jobCount;

  Account(Settings settings, Script script) {
    this.settings = settings;
    this.script = script;
    this.random = new SplittableRandom(settings.seed());
    this.profiles = new ProfileStore(random.nextLong());
    Instant now = settings.time().now();
    settings
        .lists()
        .forEach((id, name) -> lists.put(id, new KlaviyoList(id, name, settings.optIn(), now)));
  }

  Collection<KlaviyoList> lists() {
    return lists.values();
  }

  /** The list of that id; {@code null} when there is none. */
  @Nullable KlaviyoList findList(String id) {
    return lists.get(id);
  }

  /** The list of that id, which a call asks for. */
  KlaviyoList list(String id) {
    KlaviyoList list = lists.get(id);
    if (list == null) {
      throw Refusal.notFound("A list with id `" + id + "` does not exist.");
    }
    return list;
  }

  /** Makes profiles of email addresses where there are none yet, and members of all of them. */
  void enlist(KlaviyoList list, List<String> emails) {
    long now = settings.time().now().toEpochMilli();
    for (String email : emails) {
      int known = profiles.find(Identifier.EMAIL, email);
      list.members().add(known < 0 ? create(email, now) : known, now);
    }
  }

  private int create(String email, long now) {
    int number = profiles.add(Json.bytes(Json.object().put("email", email)), now);
    profiles.index(Identifier.EMAIL, email, number);
    return number;
  }

  /** Makes a list, with an id as Klaviyo's are. */
  KlaviyoList addList(String name, OptIn optIn) {
    String id;
    do {
      id = listId();
    } while (lists.containsKey(id));
    KlaviyoList list = new KlaviyoList(id, name, optIn, settings.time().now());
    lists.put(id, list);
    return list;
  }

  private String listId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  void delete(KlaviyoList list) {
    lists.remove(list.id());
  }

  ProfileStore profiles() {
    return profiles;
  }

  Collection<ImportJob> jobs() {
    return jobs.values();
  }

  @Nullable ImportJob findJob(String id) {
    return jobs.get(id);
  }

  /** Starts a job. */
  ImportJob submit(ImportRequest request, @Nullable Fault plan) {
    jobCount++;
    ImportJob job =
        new ImportJob(
            jobId(),
            jobCount,
            settings.time().now(),
            settings.time().nanoTime(),
            request,
            settings.jobDuration(),
            plan);
    jobs.put(job.id(), job);
    unfinished.add(job);
    return job;
  }

  /** Unpadded base64url, as seen of Klaviyo: nothing that a client could take apart. */
  private String jobId() {
    String plain = "Xgt4:maintenance:" + Long.toUnsignedString(random.nextLong(), 36);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /** Does what has fallen due. */
  void settle() {
    long now = settings.time().nanoTime();
    while (!unfinished.isEmpty() && unfinished.peek().endNanos() <= now) {
      run(unfinished.remove());
    }
    Iterator<ImportJob> oldest = jobs.values().iterator();
    while (oldest.hasNext() && oldest.next().isExpired(now)) {
      oldest.remove();
    }
  }

  private void run(ImportJob job) {
    ImportRequest request = Objects.requireNonNull(job.request(), "a job runs once");
    List<ImportError> errors = new ArrayList<>();
    BitSet touched = new BitSet();
    int[] numbers = new int[request.size()];
    int count = 0;
    if (!job.isCancelled()) {
      for (int index : order(request.size(), job.number())) {
        ProfileRow row = request.row(index);
        if (script.namesProfiles() && script.fails(row)) {
          errors.add(error("invalid", "Invalid input", "Could not be imported.", request, index));
          continue;
        }
        int known = known(row);
        if (known == AMBIGUOUS) {
          errors.add(
              error(
                  "duplicate_profile",
                  "Conflict.",
                  "The identifiers belong to more than one profile.",
                  request,
                  index));
          continue;
        }
        if (known >= 0 && touched.get(known)) {
          // A duplicate inside the job: dropped without a word, counted in the total only.
          continue;
        }
        int number =
            known < 0 ? create(request, index, row, job) : change(known, request, index, row, job);
        touched.set(number);
        numbers[count++] = number;
        for (String list : job.lists()) {
          KlaviyoList joined = lists.get(list);
          if (joined != null) {
            joined.members().add(number, job.ended().toEpochMilli());
          }
        }
      }
    }
    job.end(Arrays.copyOf(numbers, count), errors);
  }

  private int known(ProfileRow row) {
    int known = row.id() == null ? UNKNOWN : profiles.number(row.id());
    int[] others = {
      profiles.find(Identifier.EMAIL, row.email()),
      profiles.find(Identifier.PHONE, row.phone()),
      profiles.find(Identifier.EXTERNAL_ID, row.externalId())
    };
    for (int other : others) {
      if (other >= 0) {
        if (known >= 0 && known != other) {
          return AMBIGUOUS;
        }
        known = other;
      }
    }
    return known;
  }

  private int create(ImportRequest request, int index, ProfileRow row, ImportJob job) {
    byte[] json;
    if (row.asItStands()) {
      int from = request.from(index);
      json =
          Arrays.copyOfRange(
              request.body(), from + row.attributesFrom(), from + row.attributesTo());
    } else {
      ObjectNode attributes = Json.object();
      merge(attributes, request, index, row);
      json = Json.bytes(attributes);
    }
    int number = profiles.add(json, job.ended().toEpochMilli());
    profiles.index(Identifier.EMAIL, row.email(), number);
    profiles.index(Identifier.PHONE, row.phone(), number);
    profiles.index(Identifier.EXTERNAL_ID, row.externalId(), number);
    return number;
  }

  private int change(int number, ImportRequest request, int index, ProfileRow row, ImportJob job) {
    ObjectNode attributes = profiles.attributes(number);
    ObjectNode before = attributes.deepCopy();
    merge(attributes, request, index, row);
    if (!attributes.equals(before)) {
      profiles.replace(number, attributes, job.ended().toEpochMilli());
    }
    return number;
  }

  private static void merge(
      ObjectNode attributes, ImportRequest request, int index, ProfileRow row) {
    ObjectNode profile = Json.read(request.body(), request.from(index), request.to(index));
    if (row.badPhone()) {
      profile.withObject("/attributes").remove("phone_number");
    }
    Merge.into(attributes, profile);
  }

  private ImportError error(
      String code, String title, String detail, ImportRequest request, int index) {
    return new ImportError(errorId(), code, title, detail, payload(request, index));
  }

  private byte @Nullable [] payload(ImportRequest request, int index) {
    if (settings.originalPayload() == OriginalPayload.ABSENT) {
      return null;
    }
    byte[] profile = Arrays.copyOfRange(request.body(), request.from(index), request.to(index));
    return settings.originalPayload() == OriginalPayload.RESOURCE
        ? profile
        : Json.bytes(Json.read(profile).path("attributes"));
  }

  /** Klaviyo promises no order inside a job, so there is none to rely on; it can be repeated. */
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

  /** An id for an error, the same in every run. */
  synchronized String errorId() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }
}
