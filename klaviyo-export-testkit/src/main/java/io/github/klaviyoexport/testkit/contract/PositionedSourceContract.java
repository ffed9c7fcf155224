package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * What a {@link PositionedSource} owes an exporter, as tests: extend it to prove your own. All that
 * a {@link ProfileSourceContract} asks for is part of it.
 */
public abstract class PositionedSourceContract extends ProfileSourceContract {
  /** Creates the contract of a subclass. */
  protected PositionedSourceContract() {}

  @Override
  protected abstract PositionedSource source();

  @Test
  @Rule("A reader says where it stands behind each profile, and no two places have one position.")
  void a_reader_says_where_it_stands_behind_each_profile() throws IOException {
    try (ProfileReader reader = open()) {
      while (reader.next() != null) {
        assertThat(reader.position()).isPresent();
      }
    }
    assertThat(positions()).doesNotHaveDuplicates();
  }

  @Test
  @Rule("Reading goes on behind any position, also in another process.")
  void reading_goes_on_behind_each_position_also_in_another_process() throws IOException {
    List<String> positions = positions();
    for (int read = 1; read <= positions.size(); read++) {
      try (ProfileReader reader = source().openAt(segment(), positions.get(read - 1))) {
        assertThat(idsOf(rest(reader)))
            .as("read behind the position of customer %s of %s", read, positions.size())
            .isEqualTo(ids().subList(read, ids().size()));
      }
    }
  }

  @Test
  @Rule("A position is the same wherever reading began.")
  void positions_are_the_same_wherever_reading_began() throws IOException {
    List<String> positions = positions();
    try (ProfileReader reader = source().openAt(segment(), positions.get(0))) {
      for (int read = 1; read < positions.size(); read++) {
        reader.next();
        assertThat(reader.position()).contains(positions.get(read));
      }
    }
  }

  @Test
  @Rule("Asking for the position moves nothing.")
  void asking_for_the_position_moves_nothing() throws IOException {
    try (ProfileReader reader = open()) {
      for (String id : ids()) {
        CustomerProfile next = reader.next();
        String position = reader.position().orElse("none");
        assertThat(reader.position()).contains(position);
        assertThat(next == null ? null : next.id()).isEqualTo(id);
      }
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  @Rule(
      "The size, if it is known, is that of the whole segment, wherever reading began and however"
          + " far it has got.")
  void the_size_if_it_is_known_is_that_of_the_whole_segment_wherever_reading_began()
      throws IOException {
    try (ProfileReader reader = open();
        ProfileReader later = source().openAt(segment(), positions().get(1))) {
      assertThat(later.size()).isEqualTo(reader.size());
    }
  }

  @Test
  @Rule("A position holds no email address, phone number or name, since it is written to journals.")
  void a_position_holds_no_email_address_phone_number_or_name() throws IOException {
    try (ProfileReader reader = open()) {
      PersonalValues values = PersonalValues.of(rest(reader));

      assertThat(values.in(String.join("\n", positions()), segment().name()))
          .as("values of customers in positions, which are written to journals")
          .isZero();
    }
  }

  @Test
  @Rule("A reader can be closed unread, midway and at the end, and lets go of all that it held.")
  void a_closed_reader_that_began_at_a_position_has_let_go_of_all_that_it_held()
      throws IOException {
    OptionalInt before = openResources();
    assumeTrue(before.isPresent(), NOT_COUNTED);
    for (String position : positions()) {
      try (ProfileReader reader = source().openAt(segment(), position)) {
        reader.next();
      }
      assertThat(openResources()).as("what is open when a reader was closed").isEqualTo(before);
    }
  }

  @Test
  @Rule("An opening that is refused leaves nothing open.")
  void a_refused_position_leaves_nothing_open() {
    OptionalInt before = openResources();
    assumeTrue(before.isPresent(), NOT_COUNTED);

    assertThatThrownBy(() -> source().openAt(segment(), "no such position").close())
        .isInstanceOf(IOException.class);

    assertThat(openResources()).as("what is open after the refusal").isEqualTo(before);
  }

  @Test
  @Rule(
      "What is no position of the segment is refused with an IOException whose message says what to do.")
  void what_is_no_position_is_refused_with_advice() {
    assertThatThrownBy(() -> source().openAt(segment(), "no such position").close())
        .isInstanceOf(IOException.class)
        .message()
        .isNotBlank();
  }

  private List<String> positions() throws IOException {
    List<String> positions = new ArrayList<>();
    try (ProfileReader reader = open()) {
      while (reader.next() != null) {
        positions.add(reader.position().orElse("none"));
      }
    }
    return positions;
  }
}
