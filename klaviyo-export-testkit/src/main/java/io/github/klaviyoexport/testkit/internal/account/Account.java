package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.account.KlaviyoList.OptIn;
import io.github.klaviyoexport.testkit.internal.account.ProfileStore.Identifier;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a Klaviyo account: lists and profiles, and what is to happen to them later.
 *
 * <p>It knows nothing of HTTP. Callers hold the account's monitor.
 */
public final class Account {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final Settings settings;
  private final SplittableRandom random;
  private final ProfileStore profiles;
  private final ConsentStore consents = new ConsentStore();
  private final ScheduledTasks tasks = new ScheduledTasks();
  private final Map<String, KlaviyoList> lists = new LinkedHashMap<>();
  private Instant now;
  private long nanos;

  /** Opens an account as it was built. */
  public Account(Settings settings) {
    this.settings = settings;
    this.random = new SplittableRandom(settings.seed());
    this.profiles = new ProfileStore(random.nextLong());
    this.now = settings.time().now().truncatedTo(ChronoUnit.MICROS);
    this.nanos = settings.time().nanoTime();
    settings
        .lists()
        .forEach((id, name) -> lists.put(id, new KlaviyoList(id, name, settings.optIn(), now)));
  }

  /** Returns which email addresses are taken beside the ordinary ones. */
  public Predicate<String> unusualEmails() {
    return settings.unusualEmails();
  }

  /** Returns the lists, in the order in which they were made. */
  public Collection<KlaviyoList> lists() {
    return lists.values();
  }

  /** Returns the list of that id; {@code null} when there is none. */
  public @Nullable KlaviyoList findList(String id) {
    return lists.get(id);
  }

  /**
   * Returns the list of that id, for which a call asks.
   *
   * @throws ApiErrorException if there is none
   */
  public KlaviyoList list(String id) {
    KlaviyoList list = lists.get(id);
    if (list == null) {
      throw ApiErrorException.notFound("A list with id `" + id + "` does not exist.");
    }
    return list;
  }

  /** Makes a list, with an id as Klaviyo's are. */
  public KlaviyoList addList(String name, OptIn optIn) {
    String id;
    do {
      id = listId();
    } while (lists.containsKey(id));
    KlaviyoList list = new KlaviyoList(id, name, optIn, now);
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

  /** Deletes a list; its members stay profiles. */
  public void delete(KlaviyoList list) {
    lists.remove(list.id());
  }

  /** Returns what it takes to be subscribed where no list says so. */
  OptIn optIn() {
    return settings.optIn();
  }

  public ConsentStore consents() {
    return consents;
  }

  public ProfileStore profiles() {
    return profiles;
  }

  /**
   * Returns the number of the profile with that id, for which a call asks.
   *
   * @throws ApiErrorException if there is none
   */
  public int profile(String id) {
    int number = profiles.number(id);
    if (number < 0) {
      throw ApiErrorException.notFound("A profile with id `" + id + "` does not exist.");
    }
    return number;
  }

  /**
   * Returns the number of a customer's profile, by the first identifier that belongs to one; -1
   * without one.
   */
  public int find(CustomerReference customer) {
    int number = customer.id() == null ? -1 : profiles.number(customer.id());
    if (number < 0) {
      number = profiles.find(Identifier.EMAIL, customer.email());
    }
    return number < 0 ? profiles.find(Identifier.PHONE, customer.phone()) : number;
  }

  /**
   * Returns the number of the profile with that email address, and makes the profile if it is not
   * there.
   */
  public int profileOf(String email, Instant now) {
    return profileOf(JsonValues.object().put("email", email), now);
  }

  /**
   * Returns the number of the profile with one of these identifiers, and makes the profile if it is
   * not there.
   */
  public int profileOf(ObjectNode attributes, Instant now) {
    for (Identifier identifier : Identifier.values()) {
      int known = profiles.find(identifier, attributes.path(identifier.field()).asText(null));
      if (known >= 0) {
        return known;
      }
    }
    return profiles.create(attributes, now);
  }

  /** Makes a profile of one that was sent, and returns its number. */
  public int make(ObjectNode sent, Instant now) {
    ObjectNode attributes = JsonValues.object();
    ProfileMerge.into(attributes, sent, false);
    return profiles.create(attributes, now);
  }

  /** Deletes a profile, if that has not been done; nothing of it stays. */
  public void delete(int number) {
    if (profiles.has(number)) {
      lists.values().forEach(list -> list.forget(number));
      consents.forget(number);
      profiles.remove(number);
    }
  }

  /**
   * Changes a profile by one that was sent.
   *
   * @param nullsClear whether null takes a field away, or changes nothing
   */
  public void change(int number, ObjectNode sent, boolean nullsClear, Instant now) {
    ObjectNode attributes = profiles.attributes(number);
    JsonNode primary = attributes.path("email");
    ProfileMerge.into(attributes, sent, nullsClear);
    // Which of its addresses a profile shows is Klaviyo's choice, not the sender's.
    if (profiles.isSecondary(number, attributes.path("email").asText(null))) {
      attributes.set("email", primary);
    }
    if (!attributes.equals(profiles.attributes(number))) {
      profiles.replace(number, attributes, now);
    }
  }

  /** Returns the lists that a profile is a member of. */
  public List<KlaviyoList> listsOf(int number) {
    return lists.values().stream().filter(list -> list.members().place(number) >= 0).toList();
  }

  /**
   * Returns the time at which the account was last settled, to the microseconds that it tells of
   * any time. It stands still within a call, so that what is told is what has been done.
   */
  public Instant now() {
    return now;
  }

  /** Returns the time at which the account was last settled, for measuring. */
  public long nanoTime() {
    return nanos;
  }

  /** Reads the clock, and does what has fallen due by then. */
  public void settle() {
    now = settings.time().now().truncatedTo(ChronoUnit.MICROS);
    nanos = settings.time().nanoTime();
    tasks.settle(nanos);
    count(now);
  }

  /**
   * Returns how many members a list has, as it is told: as many as there were some time ago, if the
   * account tells it late.
   */
  public int toldMembers(KlaviyoList list) {
    if (settings.countsShowAfter().isZero()) {
      return list.members().size();
    }
    count(now);
    return list.counts().told();
  }

  /** Has members join a list who joined a while ago, as far as anybody knows. */
  public void addEarlier(KlaviyoList list, IntStream numbers, Instant since) {
    int before = list.members().size();
    numbers.forEach(number -> list.members().add(number, since));
    list.counts().add(list.members().size() - before);
  }

  /** Notes how many members there are, if it will matter. */
  private void count(Instant at) {
    if (!settings.countsShowAfter().isZero()) {
      Instant told = at.minus(settings.countsShowAfter());
      lists.values().forEach(list -> list.counts().note(at, list.members().size(), told));
    }
  }

  /** Has something done later, which is told the time at which it was due. */
  public void later(Duration delay, Consumer<Instant> action) {
    Instant due = now.plus(delay);
    tasks.add(
        nanos + delay.toNanos(),
        () -> {
          action.accept(due);
          count(due);
        });
  }

  /** Makes an id for a job: unpadded base64url, as seen of Klaviyo; nothing to be taken apart. */
  public String jobId() {
    String plain = "Xgt4:maintenance:" + Long.toUnsignedString(random.nextLong(), 36);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes an id for an error, the same in every run. */
  public synchronized String errorId() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }
}
