package io.github.klaviyoexport.internal.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects that an iterator gives, and what is to be closed after it. */
public final class IteratorCursor<T> implements ObjectCursor<T> {
  private final Iterator<? extends T> iterator;
  private final OptionalLong size;

  /** What may hold something open, in the order in which it is closed. */
  private final List<Object> opened;

  private @Nullable T current;

  private IteratorCursor(
      Iterator<? extends T> iterator, OptionalLong size, List<? extends Object> opened) {
    this.iterator = iterator;
    this.size = size;
    this.opened = List.copyOf(opened);
  }

  /**
   * Returns a cursor over what can be iterated over.
   *
   * @param isOurs whether it is closed too, if it can be
   */
  @SuppressWarnings("ReferenceEquality") // What is the same object is closed once.
  public static <T> ObjectCursor<T> of(Iterable<? extends T> objects, boolean isOurs)
      throws IOException {
    try {
      Iterator<? extends T> iterator = objects.iterator();
      OptionalLong size =
          objects instanceof Collection<?> collection
              ? OptionalLong.of(collection.size())
              : OptionalLong.empty();
      return new IteratorCursor<>(
          iterator,
          size,
          isOurs && iterator != objects ? List.of(iterator, objects) : List.of(iterator));
    } catch (RuntimeException failure) {
      throw closing(failure, isOurs ? List.of(objects) : List.of());
    }
  }

  /** Returns a cursor over what an iterator gives. */
  public static <T> ObjectCursor<T> of(Iterator<? extends T> iterator) {
    return new IteratorCursor<>(iterator, OptionalLong.empty(), List.of(iterator));
  }

  /** Returns a cursor over what a stream gives. */
  public static <T> ObjectCursor<T> of(Stream<? extends T> stream) throws IOException {
    try {
      Spliterator<? extends T> objects = unused(stream);
      long size = objects.getExactSizeIfKnown();
      return new IteratorCursor<>(
          Spliterators.iterator(objects),
          size < 0 ? OptionalLong.empty() : OptionalLong.of(size),
          List.of(stream));
    } catch (RuntimeException failure) {
      throw closing(failure, List.of(stream));
    }
  }

  private static <T> Spliterator<T> unused(Stream<T> stream) {
    try {
      return stream.spliterator();
    } catch (IllegalStateException used) {
      throw new UncheckedIOException(
          new IOException(
              "The stream of the segment has been read or closed before: give fromStream(...) a"
                  + " function that makes a new stream each time.",
              used));
    }
  }

  @Override
  public boolean advance() throws IOException {
    try {
      boolean isThere = iterator.hasNext();
      current = isThere ? iterator.next() : null;
      return isThere;
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  @Override
  public @Nullable T current() {
    return current;
  }

  @Override
  public OptionalLong size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    Exception first = null;
    for (Object one : opened) {
      first = closed(one, first);
    }
    if (first instanceof IOException failure) {
      throw failure;
    }
    if (first instanceof RuntimeException failure) {
      throw failure;
    }
    if (first != null) {
      throw new IOException(
          "What the customers were read from did not close: " + first.getClass().getName() + ".",
          WithoutMessage.of(first));
    }
  }

  private static RuntimeException closing(RuntimeException failure, List<?> opened)
      throws IOException {
    for (Object one : opened) {
      closed(one, failure);
    }
    if (failure instanceof UncheckedIOException unchecked) {
      throw unchecked.getCause();
    }
    return failure;
  }

  /** Closes what can be closed; returns the failure so far, or that of closing. */
  private static @Nullable Exception closed(Object opened, @Nullable Exception soFar) {
    try {
      if (opened instanceof AutoCloseable closeable) {
        closeable.close();
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
    } catch (Exception failure) {
      return soFar == null ? failure : soFar;
    }
    return soFar;
  }
}
