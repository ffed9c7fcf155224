package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.internal.row.PlainValue;
import io.github.klaviyoexport.internal.row.ScalarText;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The reader of profiles that are made of objects.
 *
 * <p>The functions that make them are not ours, and may throw anything; what they say is not passed
 * on, since it may quote a value.
 */
public final class ObjectReader<T> implements ProfileReader {
  private static final ScalarText TEXTS = new ScalarText(ZoneOffset.UTC);

  private final ObjectCursor<T> objects;
  private final ObjectFormat<T> format;
  private final Segment segment;
  private long number;

  /** Creates the reader of a segment's objects, which it takes over to close. */
  public ObjectReader(ObjectCursor<T> objects, ObjectFormat<T> format, Segment segment) {
    this.objects = objects;
    this.format = format;
    this.segment = segment;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    if (!objects.advance()) {
      return null;
    }
    number++;
    T object = objects.current();
    if (object == null) {
      if (format.setsAside()) {
        return CustomerProfile.unreadable(numbered(), Unreadable.because("null, and no customer"));
      }
      throw new IOException("Customer " + number + " of the source is null: leave it out there.");
    }
    Object id;
    String text;
    try {
      id = id(object);
      text = TEXTS.of(id);
    } catch (Exception failure) {
      return CustomerProfile.unreadable(numbered(), failed("the id", failure));
    }
    if (text == null) {
      return CustomerProfile.unreadable(numbered(), unfit(id.getClass().getTypeName()));
    }
    String name = VisibleText.isBlank(text) ? numbered() : text;
    @Nullable Object[] values = new @Nullable Object[format.values().size()];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = format.values().get(i).apply(object);
      } catch (Exception failure) {
        values[i] = failed("the field '" + format.fields().names().get(i) + "'", failure);
      }
    }
    return CustomerProfile.of(name, format.fields(), values);
  }

  /** Returns an object's id, whatever it is held in; text of nothing if there is none. */
  private Object id(T object) {
    Function<? super T, ? extends @Nullable Object> function = format.id();
    Object id = function == null ? null : PlainValue.of(function.apply(object));
    return id == null ? "" : id;
  }

  private String numbered() {
    return "customer " + number + " of " + segment;
  }

  /** Returns what stands for a customer whose id is of no fit type, unless that is the end. */
  private Unreadable unfit(String type) throws IOException {
    if (!format.setsAside()) {
      throw new IOException(
          "Customer "
              + number
              + " of the source: the function for the id returned a value of type "
              + type
              + ", which has no one text. Have it return text, a number or a UUID.");
    }
    return Unreadable.because("its id is of type " + type + ", which has no one text");
  }

  /** Returns what stands for what a function failed to give, unless that is the end. */
  private Unreadable failed(String what, Exception failure) throws IOException {
    String type = failure.getClass().getName();
    if (!format.setsAside()) {
      throw new IOException(
          "Customer "
              + number
              + " of the source: the function for "
              + what
              + " failed with "
              + type
              + ". Have it return null where there is no value.",
          WithoutMessage.of(failure));
    }
    return Unreadable.because("its function failed with " + type);
  }

  @Override
  public OptionalLong size() {
    return objects.size();
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(format.fields());
  }

  @Override
  public void close() throws IOException {
    objects.close();
  }
}
