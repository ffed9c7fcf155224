package io.github.klaviyoexport.testkit.quickstart;

import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The customers to export.
 *
 * @param segment what they are called together
 * @param source where they come from
 * @param mapping what becomes of their fields
 * @param expected what the report will say of them by intention; empty when that is not known
 */
record Customers(Segment segment, ProfileSource source, FieldMapping mapping, String expected) {
  /** One in so many generated customers is there twice. */
  private static final int ONE_DUPLICATE_IN = 50;

  /**
   * Finds the customers that the options ask for.
   *
   * @throws IllegalArgumentException if the file cannot be read, or does not fit the options
   */
  static Customers of(QuickStartOptions options) {
    Path csv = options.csv();
    String emailField = options.emailField();
    return csv == null || emailField == null
        ? generated(options.profiles(), options.badRows())
        : ofFile(csv, emailField);
  }

  private static Customers generated(int size, double badRows) {
    int bad = (int) Math.round(size * badRows);
    GeneratedProfiles profiles =
        GeneratedProfiles.of(size)
            .withBadEmails(bad)
            .withBadPhones(bad)
            .withDuplicates(size / ONE_DUPLICATE_IN);
    return new Customers(
        Segment.named("generated"),
        InMemorySegments.of("generated", profiles),
        profiles.mapping(),
        expected(profiles));
  }

  private static String expected(GeneratedProfiles profiles) {
    List<String> exceptions = new ArrayList<>();
    add(exceptions, profiles.duplicates(), "an earlier one again (a duplicate)");
    add(exceptions, profiles.badEmails(), "without a well-formed email address (rejected)");
    add(exceptions, profiles.badPhones(), "without a well-formed phone number (left out)");
    return exceptions.isEmpty()
        ? ""
        : "Of the generated customers these are so on purpose: "
            + String.join("; ", exceptions)
            + ".";
  }

  private static void add(List<String> exceptions, int count, String what) {
    if (count > 0) {
      exceptions.add(String.format(Locale.ROOT, "%,d %s", count, what));
    }
  }

  private static Customers ofFile(Path file, String emailField) {
    Segment segment = Segment.named(String.valueOf(file.getFileName()));
    CsvSource source = CsvSource.of(file);
    FieldNames columns;
    try (ProfileReader reader = source.open(segment)) {
      columns = reader.fields().orElseThrow();
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(unreadable.getMessage(), unreadable);
    }
    return new Customers(
        segment,
        CsvColumns.id(columns).map(source::idField).orElse(source),
        CsvColumns.mapping(columns, emailField),
        "");
  }
}
