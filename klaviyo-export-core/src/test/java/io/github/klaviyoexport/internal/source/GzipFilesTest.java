package io.github.klaviyoexport.internal.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are packed with gzip, perhaps in several members, as {@code cat a.gz b.gz}, appenders
 * of logs and bgzip make them: all that they hold is read, or the reader fails.
 */
class GzipFilesTest extends CsvFiles {
  private static final int HEADER_BYTES = 10;
  private static final String CUT_OFF =
      "The file customers.csv could not be read on from line 4: it is packed with gzip and cut off"
          + " or damaged; get it again.";
  private static final String NO_GZIP_BEHIND =
      "The file customers.csv could not be read on from line 4: it is packed with gzip and goes on"
          + " behind its end with what is no gzip; pack all of it again.";

  private final byte[] first = packed("Email\na@shop.example\nb@shop.example\n");
  private final byte[] second = packed("c@shop.example\nd@shop.example\n");
  private final byte[] both = joined(first, second);

  GzipFilesTest() throws IOException {}

  @Test
  void a_file_that_is_cut_off_anywhere_but_between_two_members_is_no_whole_segment() {
    for (int length = 3; length < both.length; length++) {
      byte[] cutOff = Arrays.copyOf(both, length);
      if (length != first.length) {
        assertThatIOException()
            .as("cut off after %d bytes", length)
            .isThrownBy(() -> ids(cutOff))
            .withMessageContaining("it is packed with gzip and cut off or damaged; get it again.");
      }
    }
    assertThatIOException()
        .isThrownBy(() -> ids(Arrays.copyOf(both, first.length + 7)))
        .withMessage(CUT_OFF);
  }

  @Test
  void no_damage_costs_a_customer_in_silence() throws IOException {
    List<String> whole = ids(both);
    for (int bit = 3 * Byte.SIZE; bit < both.length * Byte.SIZE; bit++) {
      byte[] damaged = both.clone();
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      try {
        assertThat(ids(damaged)).as("with bit %d turned", bit).isEqualTo(whole);
      } catch (IOException failure) {
        // Text that is none is found before the sum that would have told.
        assertThat(failure).hasMessageContaining("customers.csv");
      }
    }
  }

  @Test
  void what_is_no_gzip_behind_the_end_is_no_end() {
    byte[] plain = "c@shop.example\n".getBytes(StandardCharsets.UTF_8);

    for (byte[] more : List.of(plain, joined(new byte[512], plain), joined(new byte[1], second))) {
      assertThatIOException()
          .isThrownBy(() -> ids(joined(first, more)))
          .withMessage(NO_GZIP_BEHIND);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 512, 200_000})
  void zeros_behind_the_end_are_what_a_tape_or_a_disk_filled_it_up_with(int zeros)
      throws IOException {
    assertThat(ids(joined(both, new byte[zeros])))
        .containsExactly("line 2", "line 3", "line 4", "line 5");
  }

  @Test
  void members_without_a_byte_and_members_within_a_line_are_read_as_what_they_hold()
      throws IOException {
    byte[] nothing = packed("");

    assertThat(ids(joined(nothing, first, nothing, nothing, second, nothing))).hasSize(4);
    assertThat(ids(joined(packed("Em"), packed("ail\na@shop.exa"), packed("mple\n")))).hasSize(1);
    assertThatIOException()
        .isThrownBy(() -> ids(joined(nothing, nothing)))
        .withMessage("The file customers.csv is empty: its first line must name the fields.");
  }

  @Test
  void a_member_may_say_its_name_and_more_of_itself() throws IOException {
    byte[] extra = {3, 0, 'B', 0, 'C'};
    byte[] name = {'b', '.', 'c', 's', 'v', 0};
    byte[] comment = {'!', 0};

    assertThat(ids(joined(first, headed(second, 4, extra)))).hasSize(4);
    assertThat(ids(joined(first, headed(second, 8, name)))).hasSize(4);
    assertThat(ids(joined(first, headed(second, 16, comment)))).hasSize(4);
    byte[] all = joined(extra, name, comment);
    assertThat(ids(joined(first, headedWithSum(second, all, 0)))).hasSize(4);

    byte[] otherSum = headedWithSum(second, all, 1);
    byte[] unknownFlag = headed(second, 32, new byte[0]);
    for (byte[] wrong : List.of(otherSum, unknownFlag)) {
      assertThatIOException().isThrownBy(() -> ids(joined(first, wrong))).withMessage(CUT_OFF);
    }
  }

  @Test
  void a_named_pipe_is_read_like_a_file_although_nobody_knows_what_is_left_of_it()
      throws IOException {
    InputStream pipe =
        new FilterInputStream(new ByteArrayInputStream(both)) {
          @Override
          public int available() throws IOException {
            throw new IOException("Illegal seek");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(1, length));
          }
        };

    assertThat(read(CsvProfileReader.open(CUSTOMERS, pipe, UTF_8))).hasSize(4);
  }

  @Test
  void json_lines_are_unpacked_by_the_same_rules() throws IOException {
    byte[] line = packed("{\"a\":1}\n");
    InputStream cutOff = new ByteArrayInputStream(joined(line, line), 0, line.length + 7);

    assertThatIOException()
        .isThrownBy(() -> read(JsonLinesReader.open(CUSTOMERS, cutOff, JsonLinesFormat.usual())))
        .withMessageContaining("it is packed with gzip and cut off or damaged; get it again.");
  }

  private static List<String> ids(byte[] file) throws IOException {
    InputStream in = new ByteArrayInputStream(file);
    return read(CsvProfileReader.open(CUSTOMERS, in, UTF_8)).stream()
        .map(CustomerProfile::id)
        .toList();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  /** Returns the member with another header. */
  private static byte[] headed(byte[] member, int flags, byte[] more) {
    byte[] header = Arrays.copyOf(member, HEADER_BYTES);
    header[3] = (byte) flags;
    return joined(header, more, Arrays.copyOfRange(member, HEADER_BYTES, member.length));
  }

  /** Returns the member with another header and the sum of it, or one that is wrong by so much. */
  private static byte[] headedWithSum(byte[] member, byte[] more, int wrong) {
    byte[] headed = headed(member, 2 | 4 | 8 | 16, more);
    int header = HEADER_BYTES + more.length;
    CRC32 crc = new CRC32();
    crc.update(headed, 0, header);
    int sum = (int) crc.getValue() + wrong;
    return joined(
        Arrays.copyOf(headed, header),
        new byte[] {(byte) sum, (byte) (sum >> 8)},
        Arrays.copyOfRange(headed, header, headed.length));
  }
}
