package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A reader of customers who are sorted by email address. */
public record SortedReader(ProfileReader reader) implements ProfileReader {
  @Override
  public boolean isSortedByEmail() {
    return true;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    return reader.next();
  }

  @Override
  public OptionalLong size() {
    return reader.size();
  }

  @Override
  public Optional<String> position() {
    return reader.position();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
