package io.github.klaviyoexport.profile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of a {@link Conversion}, by its name and arguments, which say all there is to know of it
 * unless it is a function of the user's.
 */
final class ConversionStep {
  private final String name;
  private final List<String> arguments;
  private final Function<Object, ? extends @Nullable Object> function;
  private final boolean ofElements;

  private ConversionStep(
      String name,
      List<String> arguments,
      Function<Object, ? extends @Nullable Object> function,
      boolean ofElements) {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.function = function;
    this.ofElements = ofElements;
  }

  /** Creates a step that takes single values; of a list, it takes each element. */
  static ConversionStep ofSingle(
      String name, List<String> arguments, Function<Object, @Nullable Object> function) {
    return new ConversionStep(name, arguments, function, true);
  }

  /** Creates a step that takes values of any kind. */
  static ConversionStep ofAny(
      String name, List<String> arguments, Function<Object, @Nullable Object> function) {
    return new ConversionStep(name, arguments, function, false);
  }

  /** Creates a step that is a function of the user's. */
  static ConversionStep own(Function<Object, ? extends @Nullable Object> function) {
    return new ConversionStep("", List.of(), function, false);
  }

  boolean isDescribable() {
    return !name.isEmpty();
  }

  @Nullable Object apply(Object value) {
    if (ofElements && value instanceof Collection<?> list) {
      return elements(list);
    }
    try {
      return function.apply(value);
    } catch (RuntimeException failed) {
      // Its message may quote the value.
      return Unreadable.because("its conversion failed with " + failed.getClass().getName());
    }
  }

  private Object elements(Collection<?> list) {
    List<Object> converted = new ArrayList<>(list.size());
    for (Object element : list) {
      Object value = element == null ? null : apply(element);
      if (value instanceof Unreadable) {
        return value;
      }
      if (value != null) {
        converted.add(value);
      }
    }
    return converted;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConversionStep that
        && name.equals(that.name)
        && arguments.equals(that.arguments)
        && (isDescribable() || function.equals(that.function));
  }

  @Override
  public int hashCode() {
    return isDescribable() ? Objects.hash(name, arguments) : function.hashCode();
  }

  @Override
  public String toString() {
    return isDescribable()
        ? name
            + arguments.stream()
                .map(argument -> "'" + argument.replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "(", ")"))
        : "a function";
  }
}
