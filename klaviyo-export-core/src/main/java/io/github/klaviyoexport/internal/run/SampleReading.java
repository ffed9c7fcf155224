package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.row.ProfileWriter;
import io.github.klaviyoexport.internal.row.Row;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reading of the first customers of a segment, to see what a mapping makes of them. */
public final class SampleReading {
  private SampleReading() {}

  /**
   * What became of one customer.
   *
   * @param row the row that would be sent; {@code null} if the customer is set aside
   * @param rejections why, and what was left out of the row
   */
  public record Sampled(String customerId, byte @Nullable [] row, List<Rejection> rejections) {}

  /**
   * Reads a segment's first customers.
   *
   * @throws IllegalArgumentException if the mapping does not fit the segment
   * @throws UncheckedIOException if the source fails
   */
  public static List<Sampled> read(
      ProfileSource source, Segment segment, FieldMapping mapping, int most) {
    List<Sampled> sample = new ArrayList<>();
    String method = "open()";
    try (ProfileReader reader = source.open(segment)) {
      reader.fields().ifPresent(mapping::checkAgainst);
      ProfileWriter writer = new ProfileWriter(mapping);
      Row row = new Row();
      method = "next()";
      CustomerProfile customer = reader.next();
      while (customer != null) {
        boolean written = writer.write(customer, row);
        byte[] sampled = written ? Arrays.copyOf(row.bytes(), row.length()) : null;
        sample.add(new Sampled(customer.id(), sampled, List.copyOf(row.rejections())));
        customer = sample.size() < most ? reader.next() : null;
      }
      method = "close()";
    } catch (IOException failure) {
      StopCause stop = StopCause.sourceFailed(SourceFailure.of(failure, method), sample.size());
      throw new UncheckedIOException(
          "The sample of segment " + segment + " stopped: " + stop.advice() + ".",
          stop.cause() instanceof IOException cause
              ? cause
              : new IOException(stop.advice(), stop.cause()));
    }
    return sample;
  }
}
