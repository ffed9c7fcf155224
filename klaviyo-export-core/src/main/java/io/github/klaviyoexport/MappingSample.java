package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.preview.SampleData;
import io.github.klaviyoexport.internal.preview.SampleText;
import io.github.klaviyoexport.internal.run.SampleReading;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A look at what a mapping makes of the first customers of a segment: what would be sent, and what
 * would be set aside. Nothing is sent, and no account is asked.
 *
 * <p>Values are masked in all forms: of letters and digits only the kind is shown. {@link
 * #withValues()} shows them as they are.
 *
 * <p>Whether a customer came before, or shares an identifier with another, is not looked at; nor is
 * what Klaviyo would refuse.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="sample"}
 */
public final class MappingSample {
  private static final int MOST = 10_000;

  private final SampleData data;
  private final boolean shown;

  private MappingSample(SampleData data, boolean shown) {
    this.data = data;
    this.shown = shown;
  }

  /**
   * Reads the first customers of a segment and maps them.
   *
   * @param most how many customers to read, from 1 to 10,000
   * @throws IllegalArgumentException if the number is another, or the mapping names fields that the
   *     segment does not have
   * @throws UncheckedIOException if the source cannot be read; the message says why and how far it
   *     got
   */
  public static MappingSample of(
      ProfileSource source, Segment segment, FieldMapping mapping, int most) {
    if (most < 1 || most > MOST) {
      throw new IllegalArgumentException(
          "A sample has from 1 to " + MOST + " customers; asked for are " + most + ".");
    }
    SampleData data = new SampleData(mapping);
    for (SampleReading.Sampled one : SampleReading.read(source, segment, mapping, most)) {
      data.add(one.customerId(), one.row(), one.rejections());
    }
    return new MappingSample(data, false);
  }

  /** Returns how many customers were read. */
  public int read() {
    return data.read();
  }

  /** Returns how many of them would be set aside. */
  public int setAside() {
    return data.setAside();
  }

  /** Returns what would be set aside, customers and fields, in the order of the segment. */
  public List<Rejection> rejections() {
    return data.rejections();
  }

  /** Returns the same sample, which shows values as they are: personal data. */
  public MappingSample withValues() {
    return new MappingSample(data, true);
  }

  /**
   * Returns a table for a terminal: a line for each field of Klaviyo's, with where it comes from,
   * how many customers have it sent or lost, and up to three values.
   */
  public String toTable() {
    return SampleText.table(data, shown);
  }

  /** Returns each customer with its fields and rejections, as JSON. */
  public String toJson() {
    return SampleText.json(data, shown);
  }

  /** Returns a few lines for each customer: its fields, and what was set aside. */
  @Override
  public String toString() {
    return SampleText.lines(data, shown);
  }
}
