package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.KlaviyoCheck.Finding;
import io.github.klaviyoexport.internal.check.CheckData;
import io.github.klaviyoexport.testkit.internal.server.RequestGate;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A check of Klaviyo that was never made, to test code that acts on its findings.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.SampleValuesTest" region="check"}
 *
 * <p>By default Klaviyo was asked on 1 September 2026 at 8:00 UTC, is account {@code AbC123}, and
 * answered as expected. Instances are immutable and safe for use by many threads.
 */
public final class SampleCheck {
  private static final LocalDate SUPPORT_ENDS = LocalDate.of(2028, 7, 15);

  private final CheckData check;

  private SampleCheck(CheckData check) {
    this.check = check;
  }

  /** Creates a check that found nothing. */
  public static SampleCheck asExpected() {
    return new SampleCheck(
        new CheckData(
            Instant.parse("2026-09-01T08:00:00Z"),
            true,
            "AbC123",
            RequestGate.REVISION,
            SUPPORT_ENDS,
            List.of("get lists", "get list", "list import jobs"),
            List.of()));
  }

  /** Has the check made at that time, which says how many days of support are left. */
  public SampleCheck at(Instant time) {
    Objects.requireNonNull(time, "time: pass when Klaviyo was asked.");
    return with(time, check.isReached(), check.accountId(), check.findings());
  }

  /**
   * Has it find something.
   *
   * @param operation what Klaviyo was asked for, in words; {@code null} where it is about all
   * @param words a sentence on what was found
   */
  public SampleCheck found(Finding.Kind kind, @Nullable String operation, String words) {
    List<Finding> findings = new ArrayList<>(check.findings());
    findings.add(
        new Finding(
            Objects.requireNonNull(kind, "kind: pass the kind of the finding."),
            operation,
            Objects.requireNonNull(words, "words: pass what was found.")));
    return with(check.at(), check.isReached(), check.accountId(), findings);
  }

  /** Has Klaviyo not reached, or not know the key: the account is not known then. */
  public SampleCheck notReached() {
    return with(check.at(), false, null, check.findings());
  }

  /** Returns the check. */
  public KlaviyoCheck check() {
    return check;
  }

  private SampleCheck with(
      Instant at, boolean reached, @Nullable String account, List<Finding> findings) {
    return new SampleCheck(
        new CheckData(
            at,
            reached,
            account,
            check.revision(),
            check.supportEnds(),
            reached ? check.checked() : List.of(),
            findings));
  }
}
