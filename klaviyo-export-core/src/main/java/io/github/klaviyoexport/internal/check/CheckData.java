package io.github.klaviyoexport.internal.check;

import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.internal.text.InWords;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A check, as a value. */
public record CheckData(
    Instant at,
    boolean isReached,
    @Nullable String accountId,
    String revision,
    LocalDate supportEnds,
    List<String> checked,
    List<Finding> findings)
    implements KlaviyoCheck {
  /** Copies what it is given. */
  public CheckData {
    checked = List.copyOf(checked);
    findings = List.copyOf(findings);
  }

  @Override
  public long daysOfSupport() {
    return ChronoUnit.DAYS.between(LocalDate.ofInstant(at, ZoneOffset.UTC), supportEnds);
  }

  @Override
  public boolean isFit() {
    return findings.stream().noneMatch(finding -> finding.kind().isSerious());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Klaviyo, asked at ").append(InWords.moment(at));
    text.append(isFit() ? ": as expected." : ": exports may fail.");
    text.append("\n  account: ").append(account());
    text.append("\n  revision: ").append(revision).append(", supported until ");
    text.append(supportEnds).append(" (").append(InWords.count(daysOfSupport(), "day"));
    text.append(")\n  as expected: ");
    text.append(checked.isEmpty() ? "nothing" : String.join(", ", checked));
    for (Finding finding : findings) {
      text.append("\n  ").append(finding.kind().isSerious() ? "! " : "- ").append(finding);
    }
    return text.append(
            "\n  Whether the key has lists:write and profiles:write only a change would show.\n")
        .toString();
  }

  private String account() {
    if (accountId != null) {
      return accountId;
    }
    return isReached ? "reached, and not known" : "not reached";
  }
}
