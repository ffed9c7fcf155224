package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source that can be opened anywhere, and remembers where it was and how much it gave. */
final class Segments implements PositionedSource {
  private final List<CustomerProfile> customers;
  private @Nullable String openedAt;
  private int given;

  private Segments(List<CustomerProfile> customers) {
    this.customers = customers;
  }

  static Segments of(List<CustomerProfile> customers) {
    return new Segments(customers);
  }

  /** The same for whoever reads from the start only. */
  ProfileSource withoutPositions() {
    return segment -> ProfileReader.of(customers);
  }

  @Override
  public ProfileReader open(Segment segment) {
    return reader(0);
  }

  @Override
  public ProfileReader openAt(Segment segment, String position) {
    openedAt = position;
    return reader(Integer.parseInt(position));
  }

  private ProfileReader reader(int start) {
    return new ProfileReader() {
      private int next = start;

      @Override
      public @Nullable CustomerProfile next() {
        if (next == customers.size()) {
          return null;
        }
        given++;
        return customers.get(next++);
      }

      @Override
      public Optional<String> position() {
        return Optional.of(String.valueOf(next));
      }
    };
  }

  /** Where it was opened last, if in the middle. */
  @Nullable String openedAt() {
    return openedAt;
  }

  /** How many profiles it has given, to all its readers. */
  int given() {
    return given;
  }
}
