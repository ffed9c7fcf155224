package io.github.klaviyoexport.internal.source.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the segment's name goes in a query. */
class SegmentQueryTest {
  @Test
  void the_segments_name_becomes_a_parameter_wherever_it_stands() {
    SegmentQuery query =
        SegmentQuery.of("select :segment as s from t where a=:segment\nor:segment=b");

    assertThat(query.sql()).isEqualTo("select ? as s from t where a=?\nor?=b");
    assertThat(query.names()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ':segment, it''s :segment'",
        "select \":segment\"",
        "select `:segment`",
        "select 1 -- :segment ? ;",
        "select 1 /* :segment ? ; */",
        "select $$:segment ? ; '$$",
        "select $tag$ :segment $$ ? $tag$",
        "select a::segment",
        "select a:segments, b[c:segment_id], json_object('a': segments)",
        "select a ?? 'b'",
        "select 'a;b'"
      })
  void it_does_not_in_quotes_comments_casts_and_longer_names(String sql) {
    assertThat(SegmentQuery.of(sql)).isEqualTo(new SegmentQuery(sql, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {":seg", ":segments", ":segment_id", ":SEGMENT", ":Segment"})
  void a_parameter_that_is_nearly_the_segments_name_is_refused(String parameter) {
    for (String before : new String[] {"=", "= ", "in (", "in (1,"}) {
      assertThatThrownBy(() -> SegmentQuery.of("select a where b " + before + parameter + ")"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("The query has '" + parameter + "': write :segment, in small");
    }
  }

  @Test
  void a_semicolon_at_the_end_is_left_out() {
    assertThat(SegmentQuery.of("select 1;\n").sql()).isEqualTo("select 1");
    assertThat(SegmentQuery.of("select 1; -- one").sql()).isEqualTo("select 1 -- one");
    assertThat(SegmentQuery.of("select 1 ; /* one */ ;").sql()).isEqualTo("select 1  /* one */");
  }

  @Test
  void what_is_not_one_statement_with_known_parameters_is_refused() {
    assertThatThrownBy(() -> SegmentQuery.of(" \n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    assertThatThrownBy(() -> SegmentQuery.of("select 1 where a = ?"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write :segment where the segment's name goes");
    assertThatThrownBy(() -> SegmentQuery.of("select 1; delete from t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one statement");
  }
}
