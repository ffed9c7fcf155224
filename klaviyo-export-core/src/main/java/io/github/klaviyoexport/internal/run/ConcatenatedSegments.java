package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.internal.source.OnlyCustomers;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several segments of one source, read one after the other as if they were one.
 *
 * <p>All are opened at the start, so that a missing segment is found before anything is sent. The
 * exporter finds the customers who stand in more than one of them.
 */
public final class ConcatenatedSegments implements ProfileSource {
  private final ProfileSource source;
  private final List<Segment> segments;

  /**
   * Creates the sequence of some segments.
   *
   * @throws IllegalArgumentException if there are none, or one is named twice
   */
  public ConcatenatedSegments(ProfileSource source, List<Segment> segments) {
    this.source = source;
    this.segments = List.copyOf(segments);
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("There are no segments to export: name one at least.");
    }
    for (Segment segment : segments) {
      if (segments.indexOf(segment) != segments.lastIndexOf(segment)) {
        throw new IllegalArgumentException(
            "The segment '" + segment + "' is named twice: name each once.");
      }
    }
  }

  /** Returns what reports call all of them together. */
  public Segment together() {
    String names = segments.stream().map(Segment::name).collect(Collectors.joining(" + "));
    return Segment.named(
        names.length() <= 200
            ? names
            : segments.size() + " segments: " + names.substring(0, 180) + "...");
  }

  @Override
  public ProfileReader open(Segment together) throws IOException {
    Concatenation reader = new Concatenation();
    ProfileSource all = OnlyCustomers.overAll(source, segments.get(segments.size() - 1));
    try {
      for (Segment segment : segments) {
        reader.readers.add(all.open(segment));
      }
      return reader;
    } catch (Throwable failure) {
      try {
        reader.close();
      } catch (Throwable second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  private final class Concatenation implements PartedReader {
    private final List<ProfileReader> readers = new ArrayList<>();
    private int current;

    @Override
    public @Nullable CustomerProfile next() throws IOException {
      while (current < readers.size()) {
        CustomerProfile profile = readers.get(current).next();
        if (profile != null) {
          return profile;
        }
        current++;
      }
      return null;
    }

    @Override
    public List<Segment> parts() {
      return segments;
    }

    @Override
    public int part() {
      return current;
    }

    @Override
    public boolean isWhole() {
      return readers.stream().allMatch(ProfileReader::isWhole);
    }

    /** Returns whether it is one that is sorted: several are not sorted together. */
    @Override
    public boolean isSortedByEmail() {
      return readers.size() == 1 && readers.get(0).isSortedByEmail();
    }

    @Override
    public OptionalLong size() {
      long sum = 0;
      for (ProfileReader reader : readers) {
        OptionalLong size = reader.size();
        if (size.isEmpty()) {
          return size;
        }
        sum += size.getAsLong();
      }
      return OptionalLong.of(sum);
    }

    /**
     * Returns the fields that all segments have, as far as they say: against fewer, the mapping is
     * checked.
     */
    @Override
    public Optional<FieldNames> fields() {
      return readers.stream()
          .flatMap(reader -> reader.fields().stream())
          .reduce(
              (some, others) ->
                  FieldNames.of(
                      some.names().stream().filter(name -> others.indexOf(name) >= 0).toList()));
    }

    @Override
    public void close() throws IOException {
      closeFrom(0);
    }

    /** Closes the readers from one on, all of them, whatever the others throw. */
    private void closeFrom(int index) throws IOException {
      if (index < readers.size()) {
        try {
          readers.get(index).close();
        } finally {
          closeFrom(index + 1);
        }
      }
    }
  }
}
