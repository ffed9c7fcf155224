package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.util.List;
import java.util.Map;

/** What an export has set aside, as a value. */
public record RejectionsData(
    long fields, Map<Reason, Long> reasons, List<FieldCount> byField, List<Rejection> first)
    implements ExportReport.Rejections {
  /** The rejections of an export that set nothing aside. */
  public static final RejectionsData NONE = new RejectionsData(0, Map.of(), List.of(), List.of());

  /** Copies what it is given. */
  public RejectionsData {
    reasons = Map.copyOf(reasons);
    byField = List.copyOf(byField);
    first = List.copyOf(first);
  }
}
