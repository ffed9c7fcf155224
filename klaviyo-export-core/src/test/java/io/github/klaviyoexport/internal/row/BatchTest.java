package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.klaviyo.ListId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
  private static final String HEAD =
      "{\"data\":{\"type\":\"profile-bulk-import-job\",\"attributes\":{\"profiles\":{\"data\":[";
  private static final String TAIL =
      "]}},\"relationships\":{\"lists\":{\"data\":[{\"type\":\"list\",\"id\":\"Y6nRLr\"}]}}}}";

  private final Batch batch = new Batch(ListId.of("Y6nRLr"), Batch.MAX_PROFILES);

  private boolean add(String row) {
    byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
    return batch.add(bytes, bytes.length);
  }

  private static String text(List<ByteBuffer> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer part : parts) {
      byte[] copy = new byte[part.remaining()];
      part.get(copy);
      bytes.writeBytes(copy);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void any_part_of_it_is_the_json_of_its_rows_or_of_what_replaces_them(long seed) {
    Random random = new Random(seed);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add("{\"row\":" + i + ",\"text\":\"" + "x".repeat(random.nextInt(9_000)) + "\"}");
      assertThat(add(rows.get(i))).isTrue();
    }
    byte[][] replaced = new byte[rows.size()][];
    List<String> expected = new ArrayList<>();
    int[] included = IntStream.range(0, rows.size()).filter(row -> random.nextInt(4) > 0).toArray();
    for (int row : included) {
      if (random.nextInt(8) == 0) {
        replaced[row] = ("{\"instead\":" + row + "}").getBytes(StandardCharsets.UTF_8);
      }
      expected.add(
          replaced[row] == null
              ? rows.get(row)
              : new String(replaced[row], StandardCharsets.UTF_8));
    }

    String body = text(batch.body(included, replaced));

    assertThat(body).isEqualTo(HEAD + String.join(",", expected) + TAIL);
    for (int row = 0; row < rows.size(); row++) {
      assertThat(batch.row(row)).asString(StandardCharsets.UTF_8).isEqualTo(rows.get(row));
    }
  }

  @Test
  void neighbours_are_sent_as_one_view_and_what_lies_apart_is_not() {
    add("{1}");
    add("{2}");
    add("{3}");

    assertThat(batch.body(new int[] {0, 1, 2}, new byte[3][])).hasSize(3);
    assertThat(text(batch.body(new int[] {0, 2}, new byte[3][]))).contains("[{1},{3}]");
    assertThat(text(batch.body(new int[] {2}, new byte[3][]))).contains("[{3}]");
  }

  @Test
  void every_row_of_a_batch_as_large_as_can_be_is_found_again() {
    for (int row = 0; row < Batch.MAX_PROFILES; row++) {
      assertThat(add("{" + row + "}")).isTrue();
    }

    for (int row = 0; row < Batch.MAX_PROFILES; row += 7) {
      assertThat(batch.row(row)).asString(StandardCharsets.UTF_8).isEqualTo("{" + row + "}");
    }
    assertThat(batch.isFull()).isTrue();
  }

  @Test
  void it_takes_as_many_bytes_as_its_body_may_have_and_no_more() {
    int room = Batch.MAX_BYTES - HEAD.length() - ",".length() - TAIL.length();
    add("x".repeat(1_000));

    assertThat(add("x".repeat(room - 1_000 + 1))).isFalse();
    assertThat(add("x".repeat(room - 1_000))).isTrue();
    assertThat(batch.bodyBytes())
        .isEqualTo(Batch.MAX_BYTES)
        .isEqualTo(text(batch.body(new int[] {0, 1}, new byte[2][])).length());
  }

  @Test
  void it_takes_as_many_rows_as_it_may_and_no_more() {
    Batch two = new Batch(ListId.of("Y6nRLr"), 2);
    byte[] row = {'{', '}'};

    assertThat(two.add(row, 2)).isTrue();
    assertThat(two.isFull()).isFalse();
    assertThat(two.add(row, 2)).isTrue();
    assertThat(two.isFull()).isTrue();
    assertThat(two.add(row, 2)).isFalse();
    assertThat(two.rows()).isEqualTo(2);
  }
}
