package io.github.klaviyoexport.source;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of one segment, read lazily and once, from first to last.
 *
 * <p>A reader is used by one thread. It knows, if it can, how many profiles there are and which
 * fields they have: the first lets an export refuse a segment over its limit, and the second a
 * mapping that names an unknown field, before anything is sent.
 */
public interface ProfileReader extends Closeable {
  /**
   * Returns the next profile, or {@code null} after the last.
   *
   * @throws IOException if the source fails; the export then stops, confirms what it has sent and
   *     reports. The message must not quote personal data. Of anything else that is thrown, errors
   *     and undeclared exceptions too, the export tells the type and never the message.
   */
  @Nullable CustomerProfile next() throws IOException;

  /** Returns how many profiles there are in all, if that is known without reading them. */
  default OptionalLong size() {
    return OptionalLong.empty();
  }

  /** Returns the fields that every profile has, if that is known without reading them. */
  default Optional<FieldNames> fields() {
    return Optional.empty();
  }

  /**
   * Returns whether these are all customers of the segment, as they are by default. Where they are
   * not, because the source was told to give some only, the segment cannot be mirrored: all others
   * would be taken for leavers.
   */
  default boolean isWhole() {
    return true;
  }

  /**
   * Returns whether the profiles are sorted by email address, so that those of one customer are
   * neighbours; by default they are not. An export whose mapping has the email address as its only
   * identifier holds the last address then, in place of something of every one, so that its memory
   * does not grow with the segment. It checks the order as it reads, and stops at the first profile
   * that is out of it.
   *
   * <p>The order is that of the addresses in lower case, without white space around them, character
   * by character as bytes compare: {@code ORDER BY lower(email) COLLATE "C"} in PostgreSQL, {@code
   * LC_ALL=C sort} of a file of them in lower case. Profiles without an address, and addresses with
   * characters beyond ASCII, in the domain too, may stand anywhere; those addresses are held, 10 to
   * 14 bytes each.
   *
   * <p>Everything is held all the same, and no order is checked, where the mapping has a phone
   * number or an external id, and where several segments are exported as one. A {@linkplain
   * io.github.klaviyoexport.SyncMode mirror}, a memory and a reconciliation hold what they need of
   * each customer; a preview holds no more than an export. An export that is {@linkplain
   * io.github.klaviyoexport.SegmentExporter#resume resumed}, or told to go on with an unfinished
   * run, goes back a batch if the source has {@linkplain PositionedSource positions}, and stops if
   * the customers there are not those of before; without positions it holds 10 to 14 bytes for each
   * profile that was settled before, and a resumed one that is resumed again for each that it has
   * settled.
   */
  default boolean isSortedByEmail() {
    return false;
  }

  /**
   * Returns where the reader stands, behind the profile it has given last, for a {@link
   * PositionedSource} to be opened at again. It goes into journals, so it must not be personal
   * data.
   */
  default Optional<String> position() {
    return Optional.empty();
  }

  /**
   * Releases what the reader holds. An export calls it once: when the last profile is given, else
   * when it stops, also after a failure.
   */
  @Override
  default void close() throws IOException {}

  /** Creates a reader of profiles that are in memory. */
  static ProfileReader of(Collection<CustomerProfile> profiles) {
    Iterator<CustomerProfile> iterator = profiles.iterator();
    int size = profiles.size();
    return new ProfileReader() {
      @Override
      public @Nullable CustomerProfile next() {
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public OptionalLong size() {
        return OptionalLong.of(size);
      }
    };
  }
}
