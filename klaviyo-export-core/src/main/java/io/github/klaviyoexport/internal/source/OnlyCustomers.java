package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Another source, restricted to customers with one of some ids.
 *
 * <p>At the end come those ids that no customer had, as customers who could not be read, so that
 * the report names them. To know them also when reading began in the middle, a position says which
 * ids were met: a bit for each, in their order.
 */
public class OnlyCustomers implements ProfileSource {
  private static final Unreadable NOT_THERE =
      Unreadable.because("no customer of the segment has this id");
  private static final Pattern POSITION =
      Pattern.compile("([0-9a-f]{1,8})\\.(\\d{1,9})\\.([\\w-]*)\\.(.*)", Pattern.DOTALL);

  private final ProfileSource source;
  private final List<String> ids;
  private final Map<String, Integer> places = new HashMap<>();

  /** What tells this set of ids from another. */
  private final String mark;

  private OnlyCustomers(ProfileSource source, Collection<String> ids) {
    this.source = source;
    this.ids = ids.stream().distinct().sorted().toList();
    if (this.ids.isEmpty()) {
      throw new IllegalArgumentException(
          "There are no ids, so there would be no customers: name at least one.");
    }
    CRC32 sum = new CRC32();
    for (String id : this.ids) {
      places.put(id, places.size());
      sum.update(id.getBytes(StandardCharsets.UTF_8));
      sum.update('\n');
    }
    mark = Long.toHexString(sum.getValue());
  }

  /**
   * Returns the source, restricted.
   *
   * @throws IllegalArgumentException if there are no ids
   */
  public static ProfileSource of(ProfileSource source, Collection<String> ids) {
    return new OnlyCustomers(source, ids);
  }

  /**
   * Returns the source, restricted.
   *
   * @throws IllegalArgumentException if there are no ids
   */
  public static PositionedSource of(PositionedSource source, Collection<String> ids) {
    return new Positioned(source, ids);
  }

  /**
   * Returns a source to open several segments of once each, to be read one after the other; if it
   * is a restricted one, an id is told only if no customer of any of them has it, after the last.
   */
  public static ProfileSource overAll(ProfileSource source, Segment last) {
    if (!(source instanceof OnlyCustomers some)) {
      return source;
    }
    ProfileSource all = overAll(some.source, last);
    BitSet met = new BitSet();
    return segment ->
        some.new Reader(all.open(segment), met, segment.equals(last) ? 0 : some.ids.size());
  }

  private static final class Positioned extends OnlyCustomers implements PositionedSource {
    private final PositionedSource source;

    Positioned(PositionedSource source, Collection<String> ids) {
      super(source, ids);
      this.source = source;
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) throws IOException {
      Matcher parts = POSITION.matcher(position);
      if (!parts.matches()) {
        throw new IOException(
            "This is no position of a source restricted to some ids: pass what a reader said.");
      }
      BitSet met = met(parts);
      return reader(source.openAt(segment, parts.group(4)), met, parts);
    }

    @Override
    public PositionedSource only(Collection<String> ids) {
      return of(this, ids);
    }
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    return new Reader(source.open(segment), new BitSet(), 0);
  }

  /** Returns which ids a position says were met. */
  BitSet met(Matcher position) throws IOException {
    try {
      if (position.group(1).equals(mark)) {
        return BitSet.valueOf(Base64.getUrlDecoder().decode(position.group(3)));
      }
    } catch (IllegalArgumentException noBits) {
      // Said below.
    }
    throw new IOException(
        "The position is one of other ids than those that the source is restricted to now: go on"
            + " with the same ids, or begin anew.");
  }

  /** Returns a reader that goes on at a position. */
  ProfileReader reader(ProfileReader reader, BitSet met, Matcher position) {
    return new Reader(reader, met, Integer.parseInt(position.group(2)));
  }

  /** Returns the source and how many ids there are. */
  @Override
  public String toString() {
    return source + ", only " + ids.size() + (ids.size() == 1 ? " id" : " ids");
  }

  private final class Reader implements ProfileReader {
    private final ProfileReader reader;
    private final BitSet met;

    /** Below it, all ids that were not met have been told. */
    private int told;

    Reader(ProfileReader reader, BitSet met, int told) {
      this.reader = reader;
      this.met = met;
      this.told = told;
    }

    @Override
    public boolean isWhole() {
      return false;
    }

    @Override
    public boolean isSortedByEmail() {
      // Those that no customer had come last, without an address.
      return reader.isSortedByEmail();
    }

    @Override
    public @Nullable CustomerProfile next() throws IOException {
      CustomerProfile profile = reader.next();
      while (profile != null) {
        Integer place = places.get(profile.id());
        if (place != null) {
          met.set(place);
          return profile;
        }
        profile = reader.next();
      }
      int missing = met.nextClearBit(told);
      if (missing >= ids.size()) {
        return null;
      }
      told = missing + 1;
      return CustomerProfile.unreadable(ids.get(missing), NOT_THERE);
    }

    @Override
    public Optional<FieldNames> fields() {
      return reader.fields();
    }

    @Override
    public Optional<String> position() {
      return reader
          .position()
          .map(
              position ->
                  mark
                      + "."
                      + told
                      + "."
                      + Base64.getUrlEncoder().withoutPadding().encodeToString(met.toByteArray())
                      + "."
                      + position);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
