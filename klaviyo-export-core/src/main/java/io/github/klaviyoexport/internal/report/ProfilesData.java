package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import java.util.List;

/** The counts of an export's profiles, as a value. */
public record ProfilesData(
    long read,
    long accepted,
    long unchanged,
    long rejected,
    long duplicates,
    long unconfirmed,
    long unsent,
    List<SegmentCount> bySegment)
    implements ExportReport.Profiles {
  /** The counts of an export that read nothing. */
  public static final ProfilesData NONE = new ProfilesData(0, 0, 0, 0, 0, 0);

  /** Creates the counts of an export of one segment that has sent everything. */
  public ProfilesData(
      long read, long accepted, long rejected, long duplicates, long unconfirmed, long unsent) {
    this(read, accepted, 0, rejected, duplicates, unconfirmed, unsent, List.of());
  }

  /**
   * Checks that the counts add up.
   *
   * @throws IllegalArgumentException if they do not
   */
  public ProfilesData {
    bySegment = List.copyOf(bySegment);
    if (read != accepted + unchanged + rejected + duplicates + unconfirmed
        || unsent > unconfirmed) {
      throw new IllegalArgumentException(
          "The report does not add up: read "
              + read
              + ", accepted "
              + accepted
              + ", unchanged "
              + unchanged
              + ", rejected "
              + rejected
              + ", duplicates "
              + duplicates
              + ", unconfirmed "
              + unconfirmed
              + ", of these unsent "
              + unsent
              + ".");
    }
  }
}
