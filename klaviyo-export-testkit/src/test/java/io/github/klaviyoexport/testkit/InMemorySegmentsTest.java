package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InMemorySegmentsTest {
  private static final FieldNames FIELDS = FieldNames.of("EMailAddress");
  private static final CustomerProfile ADA = CustomerProfile.of("c-1", FIELDS, "ada@shop.example");
  private static final CustomerProfile BO = CustomerProfile.of("c-2", FIELDS, "bo@shop.example");

  private final InMemorySegments segments = InMemorySegments.of("vip", ADA, BO);

  private static List<String> idsIn(ProfileReader reader) throws IOException {
    List<String> ids = new ArrayList<>();
    for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
      ids.add(next.id());
    }
    return ids;
  }

  @Test
  void a_segment_is_read_in_order_with_its_size_and_fields_known() throws IOException {
    try (ProfileReader reader = segments.open(Segment.named("vip"))) {
      assertThat(reader.size()).hasValue(2);
      assertThat(reader.fields()).contains(FIELDS);
      assertThat(idsIn(reader)).containsExactly("c-1", "c-2");
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void a_segment_can_be_opened_again_and_by_many_at_a_time() throws IOException {
    try (ProfileReader one = segments.open(Segment.named("vip"));
        ProfileReader other = segments.open(Segment.named("vip"))) {
      assertThat(idsIn(one)).hasSize(2);
      assertThat(idsIn(other)).hasSize(2);
    }
  }

  @Test
  void a_segment_can_be_opened_where_a_reader_stood() throws IOException {
    try (ProfileReader reader = segments.open(Segment.named("vip"))) {
      reader.next();
      String position = reader.position().orElseThrow();

      try (ProfileReader rest = segments.openAt(Segment.named("vip"), position)) {
        assertThat(rest.size()).hasValue(2);
        assertThat(idsIn(rest)).containsExactly("c-2");
        assertThat(rest.position()).contains("2");
      }
    }
    assertThatThrownBy(() -> segments.openAt(Segment.named("vip"), "-1"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void generated_profiles_are_made_while_they_are_read() throws IOException {
    InMemorySegments everyone =
        InMemorySegments.of("everyone", GeneratedProfiles.of(2_000_000_000));

    try (ProfileReader reader = everyone.open(Segment.named("everyone"))) {
      assertThat(reader.size()).hasValue(2_000_000_000);
      assertThat(reader.fields()).contains(GeneratedProfiles.of(1).fields());
      assertThat(reader.next()).isNotNull();
    }
  }

  @Test
  void fields_are_unknown_when_profiles_differ_in_them_and_when_there_are_none()
      throws IOException {
    CustomerProfile other = CustomerProfile.of("c-3", Map.of("LTV", 7));
    segments.segment("mixed", List.of(ADA, other)).segment("empty", List.of());

    assertThat(segments.open(Segment.named("mixed")).fields()).isEmpty();
    assertThat(segments.open(Segment.named("empty")).fields()).isEmpty();
    assertThat(segments.open(Segment.named("empty")).next()).isNull();
  }

  @Test
  void the_size_can_be_kept_unknown() throws IOException {
    segments.sizeUnknown("vip");

    try (ProfileReader reader = segments.open(Segment.named("vip"))) {
      assertThat(reader.size()).isEmpty();
      assertThat(idsIn(reader)).hasSize(2);
    }
  }

  @Test
  void a_segment_can_fail_midway() throws IOException {
    segments.failingAfter("vip", 1);

    try (ProfileReader reader = segments.open(Segment.named("vip"))) {
      assertThat(reader.next()).isEqualTo(ADA);
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .hasMessage("The segment failed after 1 profile, as it was told to.");
    }
  }

  @Test
  void an_unknown_segment_is_answered_with_the_known_ones() {
    assertThatThrownBy(() -> segments.open(Segment.named("vips")))
        .isInstanceOf(IOException.class)
        .hasMessage("There is no segment 'vips' in memory, only [vip].");
    assertThatThrownBy(() -> segments.sizeUnknown("vips"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no segment 'vips' in memory, only [vip].");
  }

  @Test
  void open_readers_are_counted_until_they_are_closed() throws IOException {
    ProfileReader one = segments.open(Segment.named("vip"));
    ProfileReader other = segments.open(Segment.named("vip"));
    assertThat(segments.openReaders()).isEqualTo(2);

    one.close();
    one.close();
    assertThat(segments.openReaders()).isEqualTo(1);
    other.close();
    assertThat(segments.openReaders()).isZero();
    assertThat(segments.openedReaders()).isEqualTo(2);
  }

  @Test
  void a_closed_reader_is_not_read() throws IOException {
    ProfileReader reader = segments.open(Segment.named("vip"));
    reader.close();

    assertThatThrownBy(reader::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This reader is closed: read before closing it.");
  }
}
