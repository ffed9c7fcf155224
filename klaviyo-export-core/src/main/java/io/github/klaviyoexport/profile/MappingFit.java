package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.convert.MapPath;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The check whether a mapping fits the fields of a segment. */
final class MappingFit {
  private MappingFit() {}

  static void check(FieldMapping mapping, FieldNames known) {
    List<String> unknown =
        mapping.fields().stream()
            .flatMap(MappingFit::sourcesOf)
            .filter(name -> MapPath.of(name, field -> known.indexOf(field) >= 0) == null)
            .distinct()
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The mapping names "
              + (unknown.size() == 1 ? "a field" : "fields")
              + " the segment does not have: "
              + unknown.stream().map(known.toChoose()::missing).collect(Collectors.joining(", "))
              + ". "
              + known.toChoose().listed()
              + " Correct the mapping or the source.");
    }
    OtherFields others = mapping.others();
    if (others != null) {
      check(others, known);
    }
  }

  private static Stream<String> sourcesOf(MappedField line) {
    return Stream.of(line.isFromField() ? line.source() : null, line.phoneRegionField())
        .filter(Objects::nonNull);
  }

  private static void check(OtherFields others, FieldNames known) {
    String unfit =
        known.names().stream()
            .filter(name -> others.takes(name, known) && others.line(name) == null)
            .collect(Collectors.joining(", "));
    if (!unfit.isEmpty()) {
      throw new IllegalArgumentException(
          "The mapping takes all other fields, and these cannot be custom properties of their own"
              + " names, which begin with $ or are filled already: "
              + unfit
              + ". Leave them out of allOthers(...), map them under other names, or give all a"
              + " prefix.");
    }
  }
}
