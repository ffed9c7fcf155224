package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport;

/** The counts of an export's profiles, as a value. */
public record ProfilesData(
    long read, long accepted, long rejected, long duplicates, long unconfirmed, long unsent)
    implements ExportReport.Profiles {
  /** The counts of an export that read nothing. */
  public static final ProfilesData NONE = new ProfilesData(0, 0, 0, 0, 0, 0);

  /**
   * Checks that the counts add up.
   *
   * @throws IllegalArgumentException if they do not
   */
  public ProfilesData {
    if (read != accepted + rejected + duplicates + unconfirmed || unsent > unconfirmed) {
      throw new IllegalArgumentException(
          "The report does not add up: read "
              + read
              + ", accepted "
              + accepted
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
