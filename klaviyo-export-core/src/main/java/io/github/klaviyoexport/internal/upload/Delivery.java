package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.record.PreviousRun;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to Klaviyo, until every row of it has been taken over or set aside.
 *
 * <p>Klaviyo refuses a request whole when one row of it is bad. So the rows it names are repaired
 * or set aside and the rest is sent again: whole {@value #WHOLE_ROUNDS} times, in halves from then
 * on, so that a further bad row costs its own half only. Where it names none, the batch is halved
 * until the bad row stands alone. Each answer settles at least one row or halves what is left, so
 * this ends; and {@link #MAX_UNNAMED_IN_A_ROW} refusals that name no row, with nothing taken over
 * in between, show that it is not the rows that Klaviyo minds.
 *
 * <p>What was refused of a value is not sent again in this run ({@link RefusedValues}). An
 * attribute of which Klaviyo goes on to refuse values, {@value #MAX_REFUSED_VALUES} by then, is
 * left out of the rest of the batch.
 *
 * <p>Where Klaviyo fails on a batch instead of answering, while it answers others ({@link
 * ImportHealth}), the batch is halved down to the rows on which it fails. Such a row is sent alone
 * twice more, as persistently as any call, before it is set aside.
 *
 * <p>All that costs at most {@value #MAX_CALLS} calls and {@value #MAX_TIMES} times the bytes of
 * the batch, or of {@value #SMALL_BYTES} bytes for a smaller one. At that bound the batch is given
 * up: what is left of it stays unsent.
 */
final class Delivery {
  static final int MAX_UNNAMED_IN_A_ROW = 64;
  static final int WHOLE_ROUNDS = 3;
  static final int MAX_REFUSED_VALUES = 20;
  static final int MAX_CALLS = 1_000;
  static final int MAX_TIMES = 24;
  static final int SMALL_BYTES = 100_000;

  /** How often a row on which Klaviyo fails is sent alone. */
  private static final int TRIALS = 2;

  /** How many rows of a batch are set aside though nothing has passed since they failed. */
  private static final int MAX_UNPROVEN = 3;

  private final RunContext run;
  private final Shared shared;
  private final DeliveredRows rows;
  private final Deque<DeliveryPart> parts = new ArrayDeque<>();
  private final Deque<DeliveryPart> failing = new ArrayDeque<>();
  private final Map<String, Integer> refusedValues = new HashMap<>();
  private final Set<String> leftOut = new TreeSet<>();
  private int[] underWay = {};
  private int namingAnswers;
  private int unnamedInARow;
  private boolean listRechecked;
  private boolean checkingList;
  private long bytesSent;
  private int calls;
  private int unansweredCalls;
  private @Nullable Long failingSince;
  private int unproven;

  /**
   * What the deliveries of a run share.
   *
   * @param watcher watches the jobs that Klaviyo makes of their batches
   * @param refusedValues what Klaviyo has refused so far
   * @param health whether it is Klaviyo that fails
   * @param delivered hears of a delivery whose batch needs no more care
   * @param givenUp hears of a delivery that has met its bound, and why the run is to stop for it
   */
  record Shared(
      JobWatcher watcher,
      RefusedValues refusedValues,
      ImportHealth health,
      Consumer<Delivery> delivered,
      GivenUp givenUp) {}

  /** A listener for deliveries that have met their bound. */
  interface GivenUp {
    /** Hears that a delivery has met its bound. */
    void givenUp(Delivery delivery, StopCause why);
  }

  /**
   * Creates the delivery of a batch.
   *
   * @param number the number of the batch in the run
   */
  Delivery(RunContext run, Shared shared, int number, Batcher.Filled filled) {
    this.run = run;
    this.shared = shared;
    this.rows = new DeliveredRows(run, number, filled);
    parts.add(new DeliveryPart(upTo(rows.count()), false, 0));
  }

  /** Returns the number of the batch in the run. */
  int number() {
    return rows.batch();
  }

  /** Sends what is left, one part after the other. */
  void proceed() {
    DeliveryPart part = next();
    if (part == null) {
      shared.delivered.accept(this);
      return;
    }
    if (!run.maySend()) {
      parts.push(part);
      return;
    }
    List<ByteBuffer> body = rows.body(part.rows);
    long bytes = 0;
    for (ByteBuffer view : body) {
      bytes += view.remaining();
    }
    long mostBytes = (long) MAX_TIMES * Math.max(SMALL_BYTES, rows.bodyBytes());
    if (calls >= MAX_CALLS || bytesSent + bytes > mostBytes) {
      parts.push(part);
      shared.givenUp.givenUp(this, tooOften());
      return;
    }
    if (part.rows.length < rows.unsettled()) {
      // A crash while a part is under way would leave no trace of how many profiles it had.
      run.recorder().inDoubt(part.rows.length);
    }
    if (run.maySend()) {
      send(part, body, bytes);
    } else {
      parts.push(part);
    }
  }

  private void send(DeliveryPart part, List<ByteBuffer> body, long bytes) {
    int[] sent = part.rows;
    underWay = sent;
    calls++;
    bytesSent += bytes;
    boolean inParts = failingSince != null && sent.length > 1;
    LostJobSearch search = new LostJobSearch(run, shared.watcher, sent.length);
    run.klaviyo()
        .importProfiles(
            body,
            inParts ? Calls.TRIAL_ATTEMPTS : Calls.MAX_ATTEMPTS,
            () -> run.recorder().inDoubt(sent.length),
            search::find,
            reply -> {
              underWay = new int[0];
              ended(part, bytes, reply, search);
              shared.health.tryOneIfNoneTells();
            });
  }

  /**
   * Returns what is to be sent next; {@code null} if nothing is left. Parts on which Klaviyo fails
   * come last, the larger ones first, and without those rows of which it is known by then that they
   * will be refused.
   */
  private @Nullable DeliveryPart next() {
    while (true) {
      DeliveryPart part = !parts.isEmpty() ? parts.remove() : failing.poll();
      if (part == null) {
        return null;
      }
      part = lookedThrough(part);
      if (part.rows.length > 0) {
        return part;
      }
    }
  }

  /** Leaves out of the rows what Klaviyo has refused, as far as that is known by now. */
  private DeliveryPart lookedThrough(DeliveryPart part) {
    int known = shared.refusedValues.count() + leftOut.size();
    if (known == part.lookedThroughAt) {
      return part;
    }
    int[] rest = Arrays.stream(part.rows).filter(this::survivesWhatIsKnown).toArray();
    DeliveryPart looked = new DeliveryPart(rest, part.named, known);
    looked.trials = part.trials;
    looked.failingSince = part.failingSince;
    return looked;
  }

  private boolean survivesWhatIsKnown(int row) {
    for (RefusedValues.Known known :
        shared.refusedValues.in(rows.batch(), row, rows.current(row))) {
      if (!rows.repair(row, known.attribute(), known.code())) {
        return false;
      }
    }
    leftOut.forEach(attribute -> rows.leaveOut(row, attribute));
    return true;
  }

  /** Returns whether an answer is awaited. */
  boolean isUnderWay() {
    return underWay.length > 0;
  }

  /** Returns whether it may show soon that Klaviyo answers. */
  boolean mayTell() {
    return isUnderWay() || checkingList;
  }

  /** Returns how many rows are still to be handed over. */
  int unsentRows() {
    return rows.unsettled() - unknownRows();
  }

  /** Returns how many rows were sent without an answer, so that Klaviyo may have them or not. */
  int unknownRows() {
    return rows.unknown(underWay).cardinality();
  }

  /**
   * Passes on the customers whose rows have been neither taken over nor refused, and whether they
   * were sent.
   */
  void eachUnsettled(BiConsumer<String, Why> customer) {
    rows.eachUnsettled(underWay, customer);
  }

  private void ended(DeliveryPart part, long bytes, Reply<ImportJob> reply, LostJobSearch search) {
    if (reply instanceof Done<ImportJob> done) {
      shared.health.answered();
      ImportJob job = done.value();
      if (shared.watcher.knows(job.id())) {
        // Klaviyo has named a job of other rows: which is that of these is looked for.
        rows.doubt(part.rows);
        search.find(found -> taken(part, bytes, found == null ? job : found));
      } else {
        taken(part, bytes, job);
      }
    } else if (reply instanceof Refused<ImportJob> refused) {
      if (isAboutRows(refused) || refused.status() == 413) {
        shared.health.answered();
      }
      refused(part, refused);
    } else if (reply instanceof Unanswered<ImportJob> unanswered) {
      if (unanswered.maybeDone()) {
        rows.doubt(part.rows);
      }
      failed(part, unanswered);
    }
  }

  /** Returns the numbers of so many rows, from 0 on. */
  private static int[] upTo(int rows) {
    int[] all = new int[rows];
    for (int row = 0; row < rows; row++) {
      all[row] = row;
    }
    return all;
  }

  private void taken(DeliveryPart part, long bytes, ImportJob job) {
    unnamedInARow = 0;
    boolean others = shared.watcher.knows(job.id());
    PreviousRun.OpenJob open = rows.taken(part.rows, job);
    if (others) {
      shared.watcher.cannotTell(open);
    } else {
      shared.watcher.watch(open);
    }
    run.recorder().taken(rows.batch(), part.rows, job, bytes);
    proceed();
  }

  // Refused

  /** Returns whether rows are at fault, whichever of its words for that Klaviyo has chosen. */
  private static boolean isAboutRows(Refused<ImportJob> refused) {
    boolean pointsAtRows = refused.errors().stream().anyMatch(error -> error.row().isPresent());
    int status = refused.status();
    return status == 400 || pointsAtRows && (status == 409 || status == 422);
  }

  private void refused(DeliveryPart part, Refused<ImportJob> refused) {
    Map<Integer, ApiError> named = new TreeMap<>();
    for (ApiError error : refused.errors()) {
      error.row().ifPresent(row -> named.putIfAbsent(row, error));
    }
    named.keySet().removeIf(row -> row >= part.rows.length);
    boolean aboutRows = isAboutRows(refused);
    if (aboutRows && !named.isEmpty()) {
      unnamedInARow = 0;
      repairOrSetAside(part, named);
      proceed();
    } else if (aboutRows && !listRechecked) {
      listRechecked = true;
      parts.push(part);
      checkingList = true;
      run.checkList(
          () -> {
            checkingList = false;
            halve(parts.remove(), refused);
          });
    } else if (aboutRows || refused.status() == 413) {
      halve(part, refused);
    } else {
      parts.push(part);
      run.stop(StopCause.refused(refused, run.list()));
    }
  }

  /** Puts back the rows without those named, of which some are repaired and come along. */
  private void repairOrSetAside(DeliveryPart part, Map<Integer, ApiError> named) {
    boolean[] setAside = new boolean[part.rows.length];
    Set<String> attributes = new TreeSet<>();
    named.forEach(
        (position, error) -> {
          int row = part.rows[position];
          String attribute = error.attribute();
          String minded =
              attribute == null ? null : RowRepair.pointedAt(rows.current(row), attribute);
          if (minded == null) {
            setAside[position] = true;
            rows.setAside(row, attribute, Reason.REFUSED_BY_KLAVIYO, error.code());
          } else {
            attributes.add(minded);
            refusedValues.merge(minded, 1, Integer::sum);
            shared.refusedValues.add(minded, rows.batch(), row, rows.current(row), error.code());
            setAside[position] = !rows.repair(row, minded, error.code());
          }
        });
    boolean fewer = false;
    for (String attribute : attributes) {
      // An answer that names what an earlier one has passed over shows that none names all.
      boolean goesOn = part.named && refusedValues.getOrDefault(attribute, 0) >= MAX_REFUSED_VALUES;
      fewer |= goesOn && isLeftOut(attribute) && leftOut.add(attribute);
    }
    int[] rest =
        IntStream.range(0, part.rows.length)
            .filter(i -> !setAside[i])
            .map(i -> part.rows[i])
            .toArray();
    DeliveryPart left = new DeliveryPart(rest, true, part.lookedThroughAt);
    if (++namingAnswers <= WHOLE_ROUNDS || fewer || rest.length < 2) {
      parts.push(left);
    } else {
      pushHalves(left);
    }
  }

  /** Returns whether a row may do without an attribute: an address is what it is known by. */
  private static boolean isLeftOut(String attribute) {
    return !attribute.equals(ProfileField.EMAIL.path());
  }

  private void halve(DeliveryPart part, Refused<ImportJob> refused) {
    if (++unnamedInARow > MAX_UNNAMED_IN_A_ROW) {
      parts.push(part);
      run.stop(StopCause.refusedThroughout(refused));
      return;
    }
    if (part.rows.length == 1) {
      rows.setAside(
          part.rows[0],
          null,
          Reason.REFUSED_BY_KLAVIYO,
          refused.errors().isEmpty()
              ? Integer.toString(refused.status())
              : refused.errors().get(0).code());
    } else {
      pushHalves(part);
    }
    proceed();
  }

  private void pushHalves(DeliveryPart part) {
    int middle = part.rows.length / 2;
    parts.push(part.of(middle, part.rows.length));
    parts.push(part.of(0, middle));
  }

  private StopCause tooOften() {
    return StopCause.tooOften(
        rows.unsettled(),
        MAX_CALLS,
        MAX_TIMES,
        new KlaviyoException("Klaviyo refused or failed on part after part of a batch.", 0, null));
  }

  // Failed

  private void failed(DeliveryPart part, Unanswered<ImportJob> unanswered) {
    failing.addFirst(part);
    if (!run.maySend()) {
      return;
    }
    StopCause outage = outage(unanswered);
    if (unanswered.failingSince().isEmpty() || !shared.health.failed()) {
      run.stop(outage);
      return;
    }
    boolean known = failingSince != null;
    long since = unanswered.failingSince().getAsLong();
    if (!known) {
      failingSince = since;
    }
    if (part.failingSince == null) {
      part.failingSince = since;
    }
    if (known || shared.health.hasAnsweredSince(since)) {
      takeApart(outage);
    } else {
      shared.health.await(() -> takeApart(outage));
    }
  }

  private StopCause outage(Unanswered<?> unanswered) {
    StopCause outage = StopCause.unanswered(unanswered);
    return ++unansweredCalls == 1
        ? outage
        : outage.with(
            "Parts of the batch fared no better: "
                + InWords.number(unansweredCalls)
                + " calls in all");
  }

  /** Takes the part apart on which Klaviyo has failed last, which is the first in the queue. */
  private void takeApart(StopCause outage) {
    DeliveryPart part = failing.remove();
    if (part.rows.length > 1) {
      int middle = part.rows.length / 2;
      failing.add(part.of(0, middle));
      failing.add(part.of(middle, part.rows.length));
    } else if (part.trials + 1 < TRIALS) {
      part.trials++;
      failing.add(part);
    } else if (hasAnsweredSince(part.failingSince)) {
      setAside(part.rows[0]);
    } else if (!part.waited) {
      part.waited = true;
      failing.addFirst(part);
      shared.health.await(() -> takeApart(outage));
      return;
    } else if (hasAnsweredSince(failingSince) && ++unproven <= MAX_UNPROVEN) {
      setAside(part.rows[0]);
    } else {
      // Nothing else passes either: that it is the row would be a guess.
      failing.addFirst(part);
      run.stop(outage);
      return;
    }
    proceed();
  }

  private boolean hasAnsweredSince(@Nullable Long nanos) {
    return nanos != null && shared.health.hasAnsweredSince(nanos);
  }

  private void setAside(int row) {
    rows.setAside(row, null, Reason.FAILS_KLAVIYO, null);
  }
}
