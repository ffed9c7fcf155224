package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.Notices;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an export has noticed, as a value. */
public record NoticesData(
    List<String> missingFields,
    List<String> emptyFields,
    boolean emailIds,
    List<String> emptySegments,
    @Nullable LocalDate revisionSupportEnds,
    @Nullable OptInProcess newList)
    implements Notices {
  /** The notices of an export that noticed nothing. */
  public static final NoticesData NONE = new NoticesData(List.of(), List.of(), false);

  /** Creates the notices of an export none of whose segments was empty. */
  public NoticesData(List<String> missingFields, List<String> emptyFields, boolean emailIds) {
    this(missingFields, emptyFields, emailIds, List.of());
  }

  /** Creates the notices of an export that has made no list. */
  public NoticesData(
      List<String> missingFields,
      List<String> emptyFields,
      boolean emailIds,
      List<String> emptySegments) {
    this(missingFields, emptyFields, emailIds, emptySegments, null, null);
  }

  /** Copies what it is given. */
  public NoticesData {
    missingFields = List.copyOf(missingFields);
    emptyFields = List.copyOf(emptyFields);
    emptySegments = List.copyOf(emptySegments);
  }
}
