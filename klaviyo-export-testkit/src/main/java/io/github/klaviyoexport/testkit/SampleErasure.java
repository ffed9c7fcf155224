package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.ErasureException;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ErasureReceipt.Answer;
import io.github.klaviyoexport.internal.report.ErasureData;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An erasure of a customer that was never asked for, to test code that keeps its receipt.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="erasure"}
 *
 * <p>By default it was asked for on 1 September 2026 at 8:00 UTC, keeps the customer out of later
 * exports, found no log with the customer in it, and leaves nothing to do. Instances are immutable
 * and safe for use by many threads.
 */
public final class SampleErasure {
  private static final String IDENTIFIER = "identifier: pass the kind of identifier.";
  private static final String ANSWER = "answer: pass what Klaviyo answered.";

  private final ErasureData receipt;

  private SampleErasure(ErasureData receipt) {
    this.receipt = receipt;
  }

  /** Creates an erasure of a customer of whom this was known, and what Klaviyo answered to it. */
  public static SampleErasure of(Kind identifier, Answer answer) {
    return new SampleErasure(
        new ErasureData(
            Instant.parse("2026-09-01T08:00:00Z"),
            Map.of(
                Objects.requireNonNull(identifier, IDENTIFIER),
                Objects.requireNonNull(answer, ANSWER)),
            true,
            List.of(),
            List.of(),
            List.of()));
  }

  /** Has Klaviyo asked by another kind of identifier too, and what it answered. */
  public SampleErasure and(Kind identifier, Answer answer) {
    Objects.requireNonNull(identifier, IDENTIFIER);
    Objects.requireNonNull(answer, ANSWER);
    Map<Kind, Answer> answers = new EnumMap<>(Kind.class);
    answers.putAll(receipt.answers());
    answers.put(identifier, answer);
    return with(receipt.at(), answers, receipt.isKeptOut(), receipt.leftToDo());
  }

  /** Has it asked for at that time. */
  public SampleErasure at(Instant time) {
    Objects.requireNonNull(time, "time: pass when the erasure was asked for.");
    return with(time, receipt.answers(), receipt.isKeptOut(), receipt.leftToDo());
  }

  /** Has no memory keep in mind that the customer was erased. */
  public SampleErasure notKeptOut() {
    return with(receipt.at(), receipt.answers(), false, receipt.leftToDo());
  }

  /** Has logs of these keys changed in the memory. */
  public SampleErasure memoriesChanged(String... keys) {
    return new SampleErasure(
        new ErasureData(
            receipt.at(),
            receipt.answers(),
            receipt.isKeptOut(),
            List.of(keys),
            receipt.journalsDeleted(),
            receipt.leftToDo()));
  }

  /** Has logs of these keys deleted in the journal. */
  public SampleErasure journalsDeleted(String... keys) {
    return new SampleErasure(
        new ErasureData(
            receipt.at(),
            receipt.answers(),
            receipt.isKeptOut(),
            receipt.memoriesChanged(),
            List.of(keys),
            receipt.leftToDo()));
  }

  /** Has that left to do, in a sentence, so that the erasure is not complete. */
  public SampleErasure leftToDo(String what) {
    Objects.requireNonNull(what, "what: pass what is left to do, in a sentence.");
    List<String> left = new ArrayList<>(receipt.leftToDo());
    left.add(what);
    return with(receipt.at(), receipt.answers(), receipt.isKeptOut(), left);
  }

  private SampleErasure with(
      Instant at, Map<Kind, Answer> answers, boolean keptOut, List<String> leftToDo) {
    return new SampleErasure(
        new ErasureData(
            at, answers, keptOut, receipt.memoriesChanged(), receipt.journalsDeleted(), leftToDo));
  }

  /** Returns the receipt. */
  public ErasureReceipt receipt() {
    return receipt;
  }

  /**
   * Returns the exception of an erasure that stopped there, without a cause; its receipt has that
   * left to do.
   */
  public ErasureException stopped() {
    String why = "The erasure stopped: it is a sample of one. Ask for it again.";
    return new ErasureException(why, leftToDo(why).receipt, null);
  }

  /** Returns the receipt's text; no personal data. */
  @Override
  public String toString() {
    return "SampleErasure[" + receipt + "]";
  }
}
