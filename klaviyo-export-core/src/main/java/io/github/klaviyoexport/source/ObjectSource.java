package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.IteratorCursor;
import io.github.klaviyoexport.internal.source.ObjectCursor;
import io.github.klaviyoexport.internal.source.ObjectFormat;
import io.github.klaviyoexport.internal.source.ObjectReader;
import io.github.klaviyoexport.internal.source.PublisherCursor;
import io.github.klaviyoexport.internal.source.SortedProfiles;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow.Publisher;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A source of segments whose customers are objects of your own: records, entities, rows, maps.
 *
 * {@snippet class="io.github.klaviyoexport.source.ObjectSourceTest" region="objects"}
 *
 * <p>A function says which objects are in a segment, and is asked each time a segment is opened.
 * For a segment that it does not know it returns {@code null}, and the export stops. Objects are
 * read one at a time, as Klaviyo takes them. What was opened for that is closed at the end, also
 * after a failure: a stream, and an iterator or what it iterates over if they can be closed.
 *
 * <p>Each {@link #field} is a function from an object to a value, without reflection. The names are
 * known before anything is read, so that a mapping that does not fit is found before anything is
 * sent.
 *
 * <p>Nothing is guessed: an object that is {@code null}, and a function that throws, stop the
 * export with an {@link IOException} that says which customer and which field, and never a value.
 * With {@link #badRecords badRecords(SET_ASIDE)} the customer is set aside, or only the value.
 *
 * <p>Instances are immutable, and safe for use by many threads if your functions are; every method
 * returns a new one.
 *
 * @param <T> the type of the objects
 */
public final class ObjectSource<T> implements ProfileSource {
  /** What opens a segment; {@code null} if there is none of that name. */
  @FunctionalInterface
  private interface Opening<T> {
    @Nullable ObjectCursor<T> open(Segment segment) throws IOException;
  }

  private final Opening<T> opening;
  private final ObjectFormat<T> format;
  private final boolean sortedByEmail;

  private ObjectSource(Opening<T> opening, ObjectFormat<T> format, boolean sortedByEmail) {
    this.opening = opening;
    this.format = format;
    this.sortedByEmail = sortedByEmail;
  }

  private static <T> ObjectSource<T> opening(Opening<T> opening) {
    return new ObjectSource<>(opening, ObjectFormat.none(), false);
  }

  /** Creates a source of objects that are there, in a collection mostly, whatever the segment. */
  public static <T> ObjectSource<T> of(Iterable<? extends T> objects) {
    Objects.requireNonNull(objects, "objects");
    return opening(segment -> IteratorCursor.of(objects, false));
  }

  /** Creates a source of what can be iterated over. The size of a collection is known. */
  public static <T> ObjectSource<T> fromIterable(
      Function<? super Segment, ? extends @Nullable Iterable<? extends T>> objects) {
    Objects.requireNonNull(objects, "objects");
    return opening(
        segment -> {
          Iterable<? extends T> opened = objects.apply(segment);
          return opened == null ? null : IteratorCursor.of(opened, true);
        });
  }

  /** Creates a source of iterators, a new one each time. */
  public static <T> ObjectSource<T> fromIterator(
      Function<? super Segment, ? extends @Nullable Iterator<? extends T>> objects) {
    Objects.requireNonNull(objects, "objects");
    return opening(
        segment -> {
          Iterator<? extends T> opened = objects.apply(segment);
          return opened == null ? null : IteratorCursor.of(opened);
        });
  }

  /** Creates a source of streams, a new one each time. The size is known if the stream knows it. */
  public static <T> ObjectSource<T> fromStream(
      Function<? super Segment, ? extends @Nullable Stream<? extends T>> objects) {
    Objects.requireNonNull(objects, "objects");
    return opening(
        segment -> {
          Stream<? extends T> opened = objects.apply(segment);
          return opened == null ? null : IteratorCursor.of(opened);
        });
  }

  /**
   * Creates a source of publishers. One is asked for at most 64 objects at a time, and cancelled
   * when the export stops reading; its failure ends the export. While it gives nothing, the export
   * waits, and can be interrupted. A publisher that breaks the rules of {@link
   * java.util.concurrent.Flow} ends the export with the rule.
   */
  public static <T> ObjectSource<T> fromPublisher(
      Function<? super Segment, ? extends @Nullable Publisher<? extends T>> objects) {
    Objects.requireNonNull(objects, "objects");
    return opening(
        segment -> {
          Publisher<? extends T> opened = objects.apply(segment);
          return opened == null ? null : PublisherCursor.of(opened);
        });
  }

  /**
   * Sets the function that returns a customer's id: text, a number, a UUID or another value that a
   * mapping writes as one text or number, {@code Optional} of these too. By default there is none,
   * and a customer is called by the number in the segment, {@code customer 17 of vip}; so is one
   * whose id is {@code null}, empty or blank. An id of any other type stops the export, which names
   * it.
   */
  public ObjectSource<T> id(Function<? super T, ? extends @Nullable Object> id) {
    Objects.requireNonNull(id, "id");
    return with(format.withId(id));
  }

  /**
   * Adds a field.
   *
   * @param value returns the value, of any type that a mapping can write; {@code null} if there is
   *     none
   * @throws IllegalArgumentException if the name is blank, or another field has it
   */
  public ObjectSource<T> field(String name, Function<? super T, ? extends @Nullable Object> value) {
    Objects.requireNonNull(value, "value");
    return with(format.with(name, value));
  }

  /**
   * Adds several fields of objects that know values by name: maps and rows of any kind.
   *
   * {@snippet class="io.github.klaviyoexport.source.ObjectSourceTest" region="maps"}
   *
   * @param value returns the value of a name
   * @throws IllegalArgumentException if a name is blank, or another field has it
   */
  public ObjectSource<T> fields(
      Collection<String> names,
      BiFunction<? super T, ? super String, ? extends @Nullable Object> value) {
    Objects.requireNonNull(value, "value");
    ObjectFormat<T> more = format;
    for (String name : names) {
      more = more.with(name, object -> value.apply(object, name));
    }
    return with(more);
  }

  /**
   * Sets what is done about an object of which no customer can be made: {@link BadRecords#STOP} by
   * default.
   */
  public ObjectSource<T> badRecords(BadRecords what) {
    Objects.requireNonNull(what, "what");
    return with(format.withSetsAside(what == BadRecords.SET_ASIDE));
  }

  /**
   * Says that the objects of each segment are sorted by email address, so that an export of the
   * email address alone takes the same memory however large a segment is: see {@link
   * ProfileReader#isSortedByEmail()} for the order, which the export checks as it reads.
   *
   * <p>A resumed export reads from the start, and holds 10 to 14 bytes for each profile that was
   * settled before.
   */
  public ObjectSource<T> sortedByEmail() {
    return new ObjectSource<>(opening, format, true);
  }

  private ObjectSource<T> with(ObjectFormat<T> format) {
    return new ObjectSource<>(opening, format, sortedByEmail);
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    ObjectCursor<T> objects = opening.open(segment);
    if (objects == null) {
      throw new IOException(
          "The source knows no segment '"
              + segment
              + "': its function returned null for it. Check the name.");
    }
    return SortedProfiles.of(new ObjectReader<>(objects, format, segment), sortedByEmail);
  }

  /** Returns the names of the fields; never a value. */
  @Override
  public String toString() {
    return "ObjectSource" + format.fields();
  }
}
