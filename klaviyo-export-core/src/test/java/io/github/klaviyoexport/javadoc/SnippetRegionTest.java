package io.github.klaviyoexport.javadoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SnippetRegionTest {
  private static final String SOURCE =
      """
      class Example {
        void example() {
          // @start region="outer"
          try (Reader reader = open()) {
            // @start region="inner"
            // @replace substring='(file)' replacement='(Path.of("a.csv"))':
            read(file);
            // @end

            use(time); // @replace regex="\\(time\\)" replacement="()"
          }
          // @end
        }
      }
      """;

  @Test
  void a_region_is_shown_without_its_markup_and_the_indentation_that_its_lines_share() {
    assertThat(SnippetRegion.in(SOURCE, "outer"))
        .isEqualTo(
            """
            try (Reader reader = open()) {
              read(Path.of("a.csv"));

              use();
            }
            """);
  }

  @Test
  void a_region_within_another_is_shown_alone() {
    assertThat(SnippetRegion.in(SOURCE, "inner")).isEqualTo("read(Path.of(\"a.csv\"));\n");
  }

  @Test
  void a_region_that_is_missing_stops_the_build() {
    assertThatThrownBy(() -> SnippetRegion.in(SOURCE, "other"))
        .hasMessage("There is no region other");
  }
}
