package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How many rejections one field has had for one reason, as a value. */
public record FieldCountData(
    @Nullable String field, Scope scope, Reason reason, @Nullable String type, long count)
    implements FieldCount {

  /**
   * Returns the words that say most often why values could not be read, among the first rejections
   * of a count; {@code null} if there are none.
   */
  public static @Nullable String words(FieldCount count, List<Rejection> first) {
    Map<String, Integer> times = new LinkedHashMap<>();
    for (Rejection rejection : first) {
      String words = rejection.code();
      if (words != null
          && rejection.reason() == Reason.UNREADABLE_IN_SOURCE
          && count.reason() == Reason.UNREADABLE_IN_SOURCE
          && rejection.scope() == count.scope()
          && Objects.equals(rejection.field(), count.field())) {
        times.merge(words, 1, Integer::sum);
      }
    }
    return times.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /** The counts of rejections by field and reason, while they grow. */
  public static final class Counter {
    /** How many there are at most, whatever fields Klaviyo names and whatever types there are. */
    static final int MOST = 1_000;

    private final Map<FieldCountData, Long> counts = new LinkedHashMap<>();

    /** Counts a rejection. */
    public void add(Rejection rejection) {
      add(
          new FieldCountData(
              rejection.field(), rejection.scope(), rejection.reason(), rejection.type(), 0),
          1);
    }

    /** Adds counts of before. */
    public void add(List<? extends FieldCount> more) {
      for (FieldCount count : more) {
        add(
            new FieldCountData(count.field(), count.scope(), count.reason(), count.type(), 0),
            count.count());
      }
    }

    private void add(FieldCountData kind, long rejections) {
      boolean room = counts.size() < MOST || counts.containsKey(kind);
      // The last kinds have no field, so that there are as many of them as reasons at most.
      counts.merge(
          room ? kind : new FieldCountData(null, kind.scope, kind.reason, null, 0),
          rejections,
          Long::sum);
    }

    /** Returns the counts, the largest first. */
    public List<FieldCount> counts() {
      List<FieldCount> all = new ArrayList<>();
      for (Map.Entry<FieldCountData, Long> counted : counts.entrySet()) {
        FieldCountData kind = counted.getKey();
        all.add(
            new FieldCountData(kind.field, kind.scope, kind.reason, kind.type, counted.getValue()));
      }
      all.sort((one, other) -> Long.compare(other.count(), one.count()));
      return all;
    }
  }
}
