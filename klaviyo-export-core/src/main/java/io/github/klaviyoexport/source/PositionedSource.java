package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.OnlyCustomers;
import java.io.IOException;
import java.util.Collection;

/**
 * A source that can be opened in the middle of a segment, so that an export which is resumed need
 * not read again what it has read.
 *
 * <p>Its readers say where they stand with {@link ProfileReader#position()}. The order of profiles
 * must be the same each time a segment is opened: by an id that only grows, for example.
 *
 * <p>A source that can be opened in the middle of your own owes an exporter what follows; the
 * testkit's {@code PositionedSourceContract} proves it.
 *
 * <ul>
 *   <li>A reader says where it stands behind each profile, and no two places have one position.
 *   <li>Reading goes on behind any position, also in another process.
 *   <li>A position is the same wherever reading began.
 *   <li>Asking for the position moves nothing.
 *   <li>A position holds no email address, phone number or name, since it is written to journals.
 *   <li>What is no position of the segment is refused with an {@code IOException} whose message
 *       says what to do.
 * </ul>
 */
public interface PositionedSource extends ProfileSource {
  /**
   * Opens a segment behind a profile that was read before.
   *
   * @param position what {@link ProfileReader#position()} said after that profile
   * @throws IOException as for {@link #open}, and if the position is not one of this segment
   */
  ProfileReader openAt(Segment segment, String position) throws IOException;

  /**
   * Returns this source, restricted to the customers with one of some ids. Its positions are its
   * own: they hold a bit for each id.
   */
  @Override
  default PositionedSource only(Collection<String> ids) {
    return OnlyCustomers.of(this, ids);
  }
}
