package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The guard against an export that looks like a success and has lost what it was to bring: it stops
 * one whose mapping misses what customers are known by, or that rejects more than it may.
 */
public final class RejectionGuard {
  private final ExportSettings settings;
  private final RunCounts counts;
  private final MappedField identifier;
  private boolean begun;

  /** Creates the guard of a run. */
  public RejectionGuard(ExportSettings settings, RunCounts counts) {
    this.settings = settings;
    this.counts = counts;
    this.identifier = settings.mapping().fields().get(0);
  }

  /** Returns whether nothing is to be sent yet: no profile so far has the identifier's field. */
  public boolean holdsBack() {
    return counts.fieldUse().isMissing(identifier.source());
  }

  /** Returns why the export is to stop if it holds back, with what it has read now. */
  public StopCause identifierMissing(List<String> fields) {
    return RejectionStop.fieldMissing(identifier, counts.profilesRead(), fields);
  }

  /**
   * Returns why the export is to stop, by what was read when that is enough to judge by and little
   * or nothing is sent; {@code null} if it is not, and ever after that moment.
   *
   * @param batchFull whether a batch is full and about to be sent
   */
  public @Nullable StopCause atBeginning(boolean batchFull) {
    long read = counts.profilesRead();
    long enough = ExportRules.ENOUGH_PROFILES;
    if (begun || read < enough || !batchFull && read < Math.max(enough, settings.batchSize())) {
      return null;
    }
    begun = true;
    // Some sources have all customers without an address first, and to read past them does no harm.
    long unidentified = counts.reasons().getOrDefault(Reason.NO_IDENTIFIER, 0L);
    return judge(counts.profilesRejected() - unidentified, false);
  }

  /** Returns why the export is to stop, by all that was read and sent; {@code null} if not. */
  public @Nullable StopCause atEnd() {
    return judge(counts.profilesRejected(), true);
  }

  private @Nullable StopCause judge(long rejectedInAll, boolean ended) {
    // Whom the user has erased is no fault of mapping or source.
    long erased = counts.reasons().getOrDefault(Reason.ERASED, 0L);
    long rejected = rejectedInAll - erased;
    // A run that goes on with another one need not meet those again that were rejected before.
    long profiles = Math.max(rejected, counts.profilesRead() - counts.profilesDuplicate() - erased);
    double share = settings.maxRejected().share();
    boolean all = ended && rejected > 0 && rejected == profiles && share < 1;
    if (all || settings.maxRejected().isExceeded(rejected, profiles)) {
      FieldCount commonest = commonest();
      return RejectionStop.tooManyRejected(
          rejected, profiles, share, commonest, words(commonest), ended);
    }
    Map<String, FieldUse.Figures> fields = counts.fieldUse().figures();
    if (fields != null) {
      for (Map.Entry<String, FieldUse.Figures> field : fields.entrySet()) {
        StopCause cause = judge(field.getKey(), field.getValue(), ended);
        if (cause != null) {
          return cause;
        }
      }
    }
    return null;
  }

  private @Nullable StopCause judge(String field, FieldUse.Figures figures, boolean ended) {
    // What Klaviyo refuses is known when all else of the profile is delivered: no harm is left to
    // be kept from, unless the user says what is too much.
    long refused = settings.maxRejectedFields().isSet() ? counts.refusedOf(field) : 0;
    long lost = Math.min(figures.values(), figures.lost() + refused);
    if (!settings.maxRejectedFields().isExceeded(lost, figures.values())) {
      return null;
    }
    FieldCount commonest =
        counts.byField().stream()
            .filter(count -> count.scope() == Scope.FIELD && field.equals(count.field()))
            .findFirst()
            .orElse(null);
    return commonest == null
        ? null
        : RejectionStop.tooManyLeftOut(
            lost,
            figures.values(),
            settings.maxRejectedFields().share(),
            commonest,
            words(commonest),
            ended);
  }

  private @Nullable String words(@Nullable FieldCount count) {
    return count == null ? null : counts.words(count);
  }

  private @Nullable FieldCount commonest() {
    return counts.byField().stream()
        .filter(count -> count.scope() == Scope.PROFILE)
        .findFirst()
        .orElse(null);
  }
}
