package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.OnlyCustomers;
import java.io.IOException;
import java.util.Collection;

/**
 * A place that profiles come from.
 *
 * <p>An export opens a segment once, reads it forward, and always closes the reader, whatever
 * happens. Nothing is read ahead of what Klaviyo takes: a slow Klaviyo slows the source down.
 *
 * <p><b>Threads.</b> Each export has a daemon thread on which it asks its source for everything,
 * from {@code open} to {@code close}. What is bound to the thread that calls the exporter, such as
 * a transaction, is not there: open what you need in {@code open}. When the export stops, by a
 * cancel, its deadline or a closing of its exporter, a call that does not return is interrupted. If
 * it has not returned 5 seconds later, the export ends without it; what it yields then is ignored,
 * and a reader is closed.
 *
 * <p>One source serves many exports, also at the same time, so {@code open} must be safe for use by
 * many threads; each reader belongs to one.
 *
 * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="source"}
 *
 * <p>A source of your own owes an exporter what follows; the testkit's {@code
 * ProfileSourceContract} proves it.
 *
 * <ul>
 *   <li>A segment is read from its first customer to its last, and again the same as long as it
 *       does not change.
 *   <li>After the last profile there is none, however often it is asked for.
 *   <li>Each segment has its own customers, also when another is read before it or beside it.
 *   <li>A reader that says that it is sorted by email address is.
 *   <li>Readers do not disturb each other, on one thread or on many, and closing one leaves the
 *       others open.
 *   <li>A reader can be closed unread, midway and at the end, and lets go of all that it held.
 *   <li>The size, if it is known, is that of the whole segment, wherever reading began and however
 *       far it has got.
 *   <li>The fields, if they are known, are those of every profile that can be read, in their order.
 *   <li>Each value is of a type that has a form in JSON; one that could not be read is an {@code
 *       Unreadable}.
 *   <li>A profile stays as it is while others are read.
 *   <li>A customer's id is neither blank nor an email address, since reports speak of customers by
 *       it.
 *   <li>No value of a profile is in the text of the source or of a reader.
 *   <li>What could not be read is told without an email address.
 *   <li>A segment that the source does not know is refused with an {@code IOException} whose
 *       message says what to do.
 *   <li>An opening that is refused leaves nothing open.
 * </ul>
 */
@FunctionalInterface
public interface ProfileSource {
  /**
   * Opens a segment for reading.
   *
   * @throws IOException if there is no such segment or it cannot be read; the message should say
   *     what to do, and must not quote personal data, since people read it. Only the type is shown
   *     of an exception of a class of its own, such as a parser's, which may quote what it could
   *     not read
   */
  ProfileReader open(Segment segment) throws IOException;

  /**
   * Returns this source, restricted to the customers with one of some ids: those that were rejected
   * and have been mended, for example.
   *
   * {@snippet class="io.github.klaviyoexport.source.OnlyCustomersTest" region="only"}
   *
   * <p>Segments are read to their end for that, and their size is not known. An id that no customer
   * has is told: it is rejected with {@link
   * io.github.klaviyoexport.profile.Rejection.Reason#UNREADABLE_IN_SOURCE}, once, and of several
   * segments that are exported as one only if none has it; it counts with the last of them. A
   * mirror of a restricted source is refused: it would take all others for leavers.
   *
   * @throws IllegalArgumentException if there are no ids
   */
  default ProfileSource only(Collection<String> ids) {
    return OnlyCustomers.of(this, ids);
  }
}
