package io.github.klaviyoexport.internal.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The windows of the jobs that have confirmed customers, numbered from 1.
 *
 * <p>Customers share them, so that each has a number of 20 bits in place of two moments. When all
 * numbers are taken, what is confirmed has no window: then it is not proven who added the customer,
 * and whatever asks for a proof leaves the customer alone.
 */
final class Windows {
  /** The number of no window. */
  static final int NONE = 0;

  /** The highest number. */
  static final int MOST = (1 << CustomerIndex.WINDOW_BITS) - 1;

  private final List<Window> all = new ArrayList<>();
  private final Map<Window, Integer> numbers = new HashMap<>();

  /** Returns the number of a window, which is added if it is new and there is room. */
  int number(Window window) {
    Integer known = numbers.get(window);
    if (known != null) {
      return known;
    }
    if (all.size() == MOST) {
      return NONE;
    }
    all.add(window);
    numbers.put(window, all.size());
    return all.size();
  }

  /** Returns the window of a number; {@code null} for {@link #NONE}. */
  @Nullable Window of(int number) {
    return number == NONE ? null : all.get(number - 1);
  }

  /** Returns how many there are. */
  int count() {
    return all.size();
  }
}
