package io.github.klaviyoexport.internal.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The objects of a segment, one after the other. */
public interface ObjectCursor<T> extends Closeable {
  /** Moves to the next object; returns whether there is one. */
  boolean advance() throws IOException;

  /** Returns the object. */
  @Nullable T current();

  /** Returns how many objects there are in all, if that is known. */
  OptionalLong size();
}
