package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.profile.CustomerProfile;
import org.jspecify.annotations.Nullable;

/**
 * The profiles that a source was last asked for, each with where it came from. The source's thread
 * adds to them, and the run's thread takes those that it has been told of under the lock of both.
 */
final class ReadProfiles {
  /** The most profiles that are read at once. */
  static final int MOST = 1024;

  private final @Nullable CustomerProfile[] profiles = new @Nullable CustomerProfile[MOST];
  private final @Nullable String[] positions = new @Nullable String[MOST];
  private final int[] parts = new int[MOST];
  private int size;

  /** Adds a profile; only under the lock. */
  void add(CustomerProfile profile, @Nullable String position, int part) {
    profiles[size] = profile;
    positions[size] = position;
    parts[size] = part;
    size++;
  }

  /** Begins anew; only under the lock. */
  void clear() {
    size = 0;
  }

  /** Returns how many there are; only under the lock. */
  int size() {
    return size;
  }

  /** Returns one of them, counted from 0. */
  @Nullable CustomerProfile profile(int index) {
    return profiles[index];
  }

  /** Returns where the source stands behind it, if it was asked for and can say. */
  @Nullable String position(int index) {
    return positions[index];
  }

  /** Returns the index of the segment from which it came; 0 if there is only one. */
  int part(int index) {
    return parts[index];
  }
}
