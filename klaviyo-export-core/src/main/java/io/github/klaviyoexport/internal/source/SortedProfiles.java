package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Another reader, of profiles that are sorted by email address. */
public final class SortedProfiles implements ProfileReader {
  private final ProfileReader reader;

  private SortedProfiles(ProfileReader reader) {
    this.reader = reader;
  }

  /** Returns the reader, as one of sorted profiles if they are. */
  public static ProfileReader of(ProfileReader reader, boolean sorted) {
    return sorted ? new SortedProfiles(reader) : reader;
  }

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
  public Optional<FieldNames> fields() {
    return reader.fields();
  }

  @Override
  public boolean isWhole() {
    return reader.isWhole();
  }

  @Override
  public Optional<String> position() {
    return reader.position();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Returns the reader that is sorted; never a value. */
  @Override
  public String toString() {
    return reader + ", sorted by email address";
  }
}
