package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source restricted to some ids gives those customers, and tells which of them are not there. */
class OnlyCustomersTest {
  private static final Segment VIP = Segment.named("vip-eu");
  private static final ProfileSource SOURCE =
      ObjectSource.of(List.of(1, 2, 3, 4, 5, 4)).id(i -> "c-" + i).field("n", i -> i);

  @Test
  void a_part_of_a_segment_is_known_as_one_so_that_no_mirror_takes_the_others_for_leavers()
      throws IOException {
    try (ProfileReader whole = SOURCE.open(VIP);
        ProfileReader part = SOURCE.only(List.of("c-1")).open(VIP)) {
      assertThat(whole.isWhole()).isTrue();
      assertThat(part.isWhole()).isFalse();
    }
  }

  @Test
  void gives_the_customers_with_those_ids_in_the_order_of_the_source() throws IOException {
    ProfileSource source = SOURCE;
    // @start region="only"
    ProfileSource mended = source.only(List.of("c-4", "c-2"));
    // @end

    assertThat(read(mended.open(VIP)))
        .extracting(CustomerProfile::id)
        .containsExactly("c-2", "c-4", "c-4");
    try (ProfileReader reader = mended.open(VIP)) {
      assertThat(reader.size()).isEmpty();
      assertThat(reader.fields()).isEqualTo(source.open(VIP).fields());
    }
    assertThat(mended).hasToString("ObjectSource[n], only 2 ids");
  }

  @Test
  void tells_the_ids_that_no_customer_has() throws IOException {
    List<CustomerProfile> read = read(SOURCE.only(List.of("c-9", "c-5", "c-0", "c-9")).open(VIP));

    assertThat(read).extracting(CustomerProfile::id).containsExactly("c-5", "c-0", "c-9");
    assertThat(read.get(2).unreadable())
        .isEqualTo(Unreadable.because("no customer of the segment has this id"));
  }

  @Test
  void finds_by_the_same_name_what_was_set_aside_and_has_been_mended(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("vip-eu.csv");
    Path lines = directory.resolve("vip-eu.jsonl");
    for (ProfileSource source :
        List.of(
            CsvSource.of(file).badRecords(BadRecords.SET_ASIDE),
            CsvSource.directory(directory).badRecords(BadRecords.SET_ASIDE),
            JsonLinesSource.of(lines).badRecords(BadRecords.SET_ASIDE),
            JsonLinesSource.directory(directory).badRecords(BadRecords.SET_ASIDE))) {
      Files.writeString(file, "email,city\nada@shop.example,Oslo\nbo@shop.example\n");
      Files.writeString(lines, "{\"email\":\"ada@shop.example\"}\n{bo@shop.example}\n");
      List<String> rejected =
          read(source.open(VIP)).stream()
              .filter(customer -> customer.unreadable() != null)
              .map(CustomerProfile::id)
              .toList();
      assertThat(rejected).as(source.toString()).hasSize(1);

      Files.writeString(file, "email,city\nada@shop.example,Oslo\nbo@shop.example,Bonn\n");
      Files.writeString(
          lines, "{\"email\":\"ada@shop.example\"}\n{\"email\":\"bo@shop.example\"}\n");
      assertThat(read(source.only(rejected).open(VIP)))
          .as(source.toString())
          .extracting(customer -> customer.value("email"))
          .containsExactly("bo@shop.example");
    }
  }

  @Test
  void a_source_can_be_restricted_again() throws IOException {
    assertThat(read(SOURCE.only(List.of("c-1", "c-2")).only(List.of("c-2", "c-3")).open(VIP)))
        .extracting(CustomerProfile::unreadable)
        .containsExactly(null, Unreadable.because("no customer of the segment has this id"));
  }

  @Test
  void needs_an_id() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SOURCE.only(List.of()))
        .withMessage("There are no ids, so there would be no customers: name at least one.");
  }

  @Test
  void an_id_met_before_a_position_is_not_missing_behind_it() throws IOException {
    PositionedSource source = new Numbers().only(List.of("c-1", "c-3", "c-7", "c-8"));
    List<String> positions = new ArrayList<>();
    try (ProfileReader reader = source.open(VIP)) {
      while (reader.next() != null) {
        positions.add(reader.position().orElseThrow());
      }
    }
    assertThat(positions).hasSize(4).doesNotHaveDuplicates();
    assertThat(read(source.openAt(VIP, positions.get(0))))
        .extracting(CustomerProfile::id)
        .containsExactly("c-3", "c-7", "c-8");
    assertThat(read(source.openAt(VIP, positions.get(2))))
        .extracting(CustomerProfile::id)
        .containsExactly("c-8");
    assertThat(read(source.openAt(VIP, positions.get(3)))).isEmpty();
    assertThatIOException()
        .isThrownBy(() -> new Numbers().only(List.of("c-1")).openAt(VIP, positions.get(0)))
        .withMessage(
            "The position is one of other ids than those that the source is restricted to now: go"
                + " on with the same ids, or begin anew.");
    assertThatIOException()
        .isThrownBy(() -> source.openAt(VIP, "3"))
        .withMessageStartingWith("This is no position of a source restricted to some ids");
    assertThat(
            source
                .only(List.of("c-3"))
                .openAt(VIP, source.only(List.of("c-3")).open(VIP).position().orElseThrow()))
        .isNotNull();
  }

  /** Five customers, with a position that counts them. */
  private static final class Numbers implements PositionedSource {
    @Override
    public ProfileReader open(Segment segment) {
      return openAt(segment, "0");
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) {
      int[] read = {Integer.parseInt(position)};
      List<CustomerProfile> all =
          IntStream.rangeClosed(1, 5)
              .mapToObj(i -> CustomerProfile.of("c-" + i, java.util.Map.of("n", i)))
              .toList();
      return new ProfileReader() {
        @Override
        public @Nullable CustomerProfile next() {
          return read[0] < all.size() ? all.get(read[0]++) : null;
        }

        @Override
        public Optional<String> position() {
          return Optional.of(String.valueOf(read[0]));
        }
      };
    }
  }

  private static List<CustomerProfile> read(ProfileReader opened) throws IOException {
    try (ProfileReader reader = opened) {
      List<CustomerProfile> read = new ArrayList<>();
      for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
        read.add(next);
      }
      return read;
    }
  }
}
