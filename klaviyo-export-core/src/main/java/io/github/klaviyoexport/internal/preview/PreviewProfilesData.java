package io.github.klaviyoexport.internal.preview;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportReport.SegmentCount;
import java.util.List;

/** What would become of profiles, as a value. */
public record PreviewProfilesData(
    long read,
    long toSend,
    long unchanged,
    long rejected,
    long duplicates,
    List<SegmentCount> bySegment)
    implements ExportPreview.Profiles {
  /**
   * Checks that the counts add up.
   *
   * @throws IllegalArgumentException if they do not
   */
  public PreviewProfilesData {
    bySegment = List.copyOf(bySegment);
    if (read != toSend + unchanged + rejected + duplicates) {
      throw new IllegalArgumentException(
          "The preview does not add up: read "
              + read
              + ", to send "
              + toSend
              + ", unchanged "
              + unchanged
              + ", rejected "
              + rejected
              + ", duplicates "
              + duplicates
              + ".");
    }
  }
}
