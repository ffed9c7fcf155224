package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.row.RowRepair;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The values that Klaviyo has refused in a run, each of one attribute: what it has refused once is
 * not sent again in the next row that has it.
 *
 * <p>The values themselves are not kept, only their fingerprints, the first {@value #MOST} of them.
 */
final class RefusedValues {
  static final int MOST = 10_000;

  private final Fingerprint fingerprint;
  private final Map<Long, Verdict> verdicts = new HashMap<>();
  private final Set<String> attributes = new TreeSet<>();

  /** A refusal of a value, and the row in which it was refused. */
  private record Verdict(int batch, int row, @Nullable String code) {}

  /** An attribute of a row whose value was refused in another. */
  record Known(String attribute, @Nullable String code) {}

  /** Creates the refused values of a run; there are none yet. */
  RefusedValues(Fingerprint fingerprint) {
    this.fingerprint = fingerprint;
  }

  /** Returns how many values there are. */
  int count() {
    return verdicts.size();
  }

  /** Keeps in mind that Klaviyo refused the value of an attribute of a row. */
  void add(String attribute, int batch, int row, byte[] bytes, @Nullable String code) {
    String value = RowRepair.values(bytes, Set.of(attribute)).get(attribute);
    if (value != null && verdicts.size() < MOST) {
      attributes.add(attribute);
      verdicts.putIfAbsent(key(attribute, value), new Verdict(batch, row, code));
    }
  }

  /**
   * Returns the attributes of a row whose values were refused before: in another batch, or further
   * ahead in its own. Rows ahead of the refused one have passed with the same value.
   */
  List<Known> in(int batch, int row, byte[] bytes) {
    List<Known> found = new ArrayList<>();
    RowRepair.values(bytes, attributes)
        .forEach(
            (attribute, value) -> {
              Verdict verdict = verdicts.get(key(attribute, value));
              if (verdict != null && (verdict.batch != batch || verdict.row < row)) {
                found.add(new Known(attribute, verdict.code));
              }
            });
    return found;
  }

  private long key(String attribute, String value) {
    return fingerprint.of(ProfileField.PROPERTY, attribute + '\n' + value).lane1();
  }
}
