package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.klaviyoexport.MappingSample;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a {@link ProfileSource} owes an exporter, as tests: extend it to prove your own.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.contract.ProfileSourcesTest" region="example"}
 *
 * <p>A source that can be opened in the middle of a segment extends {@link
 * PositionedSourceContract}, which asks for all of this and more. That a source reads no further
 * than it is asked to, and lives through failures of what is behind it, is left for you to prove.
 */
@ExtendWith(RuleInMessage.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ProfileSourceContract {
  static final String NOT_COUNTED = "The test does not count what the source holds open.";

  private static final int THREADS = 8;
  private static final int MOST_WRITTEN = 1_000;
  private static final String ID = "the contract's id of this customer";

  /** Creates the tests; for subclasses. */
  protected ProfileSourceContract() {}

  /**
   * Returns the source. It is called several times in a test, as by one process after the other.
   */
  protected abstract ProfileSource source();

  /** Returns a segment of at least three customers, which does not change during a test. */
  protected abstract Segment segment();

  /** Returns the ids of the segment's customers, in the order in which they are read. */
  protected abstract List<String> ids();

  /** Returns a segment that the source does not know; empty if it takes every name. */
  protected Optional<Segment> unknownSegment() {
    return Optional.of(Segment.named("no-such-segment"));
  }

  /**
   * Returns a second segment that the source knows, of other customers; empty, as by default, if
   * the test has none. Return one, and a source that mixes its segments up is found.
   */
  protected Optional<Segment> otherSegment() {
    return Optional.empty();
  }

  /**
   * Returns how many connections, files or sessions the source holds open now; empty, as by
   * default, if the test does not count them. Count them, and a reader that leaks one is found.
   */
  protected OptionalInt openResources() {
    return OptionalInt.empty();
  }

  @Test
  @Rule(
      "A segment is read from its first customer to its last, and again the same as long as it does not change.")
  void a_segment_is_read_from_the_first_to_the_last() throws IOException {
    assertThat(ids()).as("the ids that the test expects").hasSizeGreaterThanOrEqualTo(3);
    try (ProfileReader reader = open()) {
      assertThat(idsOf(rest(reader))).isEqualTo(ids());
    }
  }

  @Test
  @Rule("After the last profile there is none, however often it is asked for.")
  void after_the_last_there_is_none_however_often_it_is_asked_for() throws IOException {
    try (ProfileReader reader = open()) {
      rest(reader);
      assertThat(reader.next()).isNull();
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  @Rule(
      "A segment is read from its first customer to its last, and again the same as long as it does not change.")
  void a_segment_can_be_read_again() throws IOException {
    ProfileSource source = source();
    for (int time = 1; time <= 3; time++) {
      try (ProfileReader reader = source.open(segment())) {
        assertThat(idsOf(rest(reader))).as("read for the %sth time", time).isEqualTo(ids());
      }
    }
  }

  @Test
  @Rule("Each segment has its own customers, also when another is read before it or beside it.")
  void each_segment_has_its_own_customers() throws IOException {
    Optional<Segment> second = otherSegment();
    Assumptions.assumeThat(second).as("a second segment").isPresent();
    Segment other = second.orElseThrow();
    ProfileSource source = source();
    List<String> others;
    try (ProfileReader before = source.open(other)) {
      others = idsOf(rest(before));
    }
    assertThat(others).as("the ids of the other segment").isNotEqualTo(ids());
    try (ProfileReader beside = source.open(other);
        ProfileReader reader = source.open(segment())) {
      assertThat(idsOf(rest(reader))).isEqualTo(ids());
      assertThat(idsOf(rest(beside))).isEqualTo(others);
    }
  }

  @Test
  @Rule("A reader that says that it is sorted by email address is.")
  void a_reader_that_says_that_it_is_sorted_by_email_address_is() throws IOException {
    Map<String, String> last = new HashMap<>();
    Set<String> unsorted = new HashSet<>();
    try (ProfileReader reader = open()) {
      assumeTrue(reader.isSortedByEmail(), "The source does not say that it is sorted.");
      for (CustomerProfile profile : rest(reader)) {
        for (int i = 0; i < profile.fields().size(); i++) {
          String field = profile.fields().names().get(i);
          String address = String.valueOf(profile.value(i)).strip().toLowerCase(Locale.ROOT);
          // Addresses beyond ASCII may stand anywhere.
          if (address.indexOf('@') > 0 && address.chars().allMatch(c -> c < 128)) {
            String before = last.put(field, address);
            if (before != null && before.compareTo(address) > 0) {
              unsorted.add(field);
            }
          }
        }
      }
    }
    assertThat(last.isEmpty() || last.size() > unsorted.size())
        .as("the email addresses are in their order")
        .isTrue();
  }

  @Test
  @Rule(
      "Readers do not disturb each other, on one thread or on many, and closing one leaves the others open.")
  void readers_do_not_disturb_each_other() throws IOException {
    ProfileSource source = source();
    try (ProfileReader one = source.open(segment());
        ProfileReader other = source.open(segment())) {
      for (String id : ids()) {
        assertThat(idOf(one.next())).isEqualTo(id);
        assertThat(idOf(other.next())).isEqualTo(id);
      }
    }
  }

  @Test
  @Rule(
      "Readers do not disturb each other, on one thread or on many, and closing one leaves the others open.")
  void closing_a_reader_leaves_the_others_open() throws IOException {
    ProfileSource source = source();
    try (ProfileReader stays = source.open(segment())) {
      ProfileReader closed = source.open(segment());
      closed.next();
      closed.close();

      assertThat(idsOf(rest(stays))).isEqualTo(ids());
    }
  }

  @Test
  @Rule(
      "Readers do not disturb each other, on one thread or on many, and closing one leaves the others open.")
  void many_threads_open_and_read_at_the_same_time() throws Exception {
    ProfileSource source = source();
    CyclicBarrier together = new CyclicBarrier(THREADS);
    Callable<List<String>> reading =
        () -> {
          together.await(1, TimeUnit.MINUTES);
          try (ProfileReader reader = source.open(segment())) {
            return idsOf(rest(reader));
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<String>>> read =
          IntStream.range(0, THREADS).mapToObj(i -> threads.submit(reading)).toList();
      for (Future<List<String>> ids : read) {
        assertThat(ids.get(1, TimeUnit.MINUTES)).isEqualTo(ids());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @Rule("A reader can be closed unread, midway and at the end, and lets go of all that it held.")
  void a_reader_can_be_closed_unread_midway_and_at_the_end() throws IOException {
    open().close();
    ProfileReader midway = open();
    midway.next();
    midway.close();
    ProfileReader done = open();
    rest(done);
    done.close();
  }

  @Test
  @Rule("A reader can be closed unread, midway and at the end, and lets go of all that it held.")
  void a_closed_reader_has_let_go_of_all_that_it_held() throws IOException {
    OptionalInt before = openResources();
    assumeTrue(before.isPresent(), NOT_COUNTED);
    for (int read = 0; read <= ids().size() + 1; read++) {
      try (ProfileReader reader = open()) {
        for (int i = 0; i < read; i++) {
          reader.next();
        }
      }
      assertThat(openResources())
          .as("what is open when a reader was closed that was asked for %s profiles", read)
          .isEqualTo(before);
    }
  }

  @Test
  @Rule(
      "The size, if it is known, is that of the whole segment, wherever reading began and however far it has got.")
  void the_size_if_it_is_known_is_that_of_the_whole_segment_from_first_to_last()
      throws IOException {
    try (ProfileReader reader = open()) {
      OptionalLong size = reader.size();
      assumeTrue(size.isPresent(), "The source does not know the size of a segment.");

      assertThat(size).hasValue(ids().size());
      reader.next();
      assertThat(reader.size()).isEqualTo(size);
    }
  }

  @Test
  @Rule(
      "The fields, if they are known, are those of every profile that can be read, in their order.")
  void the_fields_if_they_are_known_are_those_of_every_profile() throws IOException {
    try (ProfileReader reader = open()) {
      Optional<FieldNames> fields = reader.fields();
      assumeTrue(fields.isPresent(), "The source does not know the fields of a segment.");

      for (CustomerProfile profile : rest(reader)) {
        if (profile.unreadable() != null) {
          continue;
        }
        assertThat(profile.fields().names())
            .as("fields of customer %s", profile.id())
            .containsExactlyElementsOf(fields.get().names());
      }
    }
  }

  @Test
  @Rule(
      "Each value is of a type that has a form in JSON; one that could not be read is an"
          + " Unreadable.")
  void each_value_is_of_a_type_that_can_be_written() throws IOException {
    List<CustomerProfile> written = new ArrayList<>();
    try (ProfileReader reader = open()) {
      rest(reader).stream()
          .filter(profile -> profile.unreadable() == null)
          .limit(MOST_WRITTEN)
          .forEach(profile -> written.add(withId(profile)));
    }
    assumeTrue(!written.isEmpty(), "No profile of the segment can be read.");
    MappingSample sample =
        MappingSample.of(
            segment -> ProfileReader.of(written),
            segment(),
            FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, ID).allOthers(),
            written.size());

    assertThat(sample.rejections())
        .as("values of types without a form in JSON: convert them in the source")
        .noneMatch(rejection -> rejection.reason() == Reason.UNSUPPORTED_TYPE);
  }

  private static CustomerProfile withId(CustomerProfile profile) {
    List<String> names = new ArrayList<>(profile.fields().names());
    names.add(ID);
    @Nullable Object[] values = new @Nullable Object[names.size()];
    for (int i = 0; i < profile.fields().size(); i++) {
      values[i] = profile.value(i);
    }
    values[profile.fields().size()] = "c-1";
    return CustomerProfile.of(profile.id(), FieldNames.of(names), values);
  }

  @Test
  @Rule("A profile stays as it is while others are read.")
  void a_profile_stays_as_it_is_while_others_are_read() throws IOException {
    List<CustomerProfile> read = new ArrayList<>();
    List<String> asTheyWere = new ArrayList<>();
    try (ProfileReader reader = open()) {
      for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
        read.add(next);
        asTheyWere.add(written(next));
      }
    }
    for (int i = 0; i < read.size(); i++) {
      // Not the values themselves: a failure must not show them.
      assertThat(written(read.get(i)).equals(asTheyWere.get(i)))
          .as("customer %s is the same after the others were read", read.get(i).id())
          .isTrue();
    }
  }

  @Test
  @Rule(
      "A customer's id is neither blank nor an email address, since reports speak of customers by it.")
  void a_customers_id_is_no_email_address() throws IOException {
    try (ProfileReader reader = open()) {
      assertThat(rest(reader))
          .as("Reports speak of customers by this id, so it must say nothing about a person.")
          .allMatch(
              profile ->
                  !profile.id().isBlank()
                      && CustomerProfile.idAsText(profile.id()).equals(profile.id()));
    }
  }

  @Test
  @Rule("No value of a profile is in the text of the source or of a reader.")
  void no_value_of_a_profile_is_in_the_text_of_source_or_reader() throws IOException {
    ProfileSource source = source();
    String before = segment().name() + " " + source;
    try (ProfileReader reader = source.open(segment())) {
      PersonalValues values = PersonalValues.of(rest(reader));

      assertThat(values.in(source.toString(), before)).as("values in the source's text").isZero();
      assertThat(values.in(reader.toString(), before)).as("values in the reader's text").isZero();
    }
  }

  @Test
  @Rule("What could not be read is told without an email address.")
  void what_could_not_be_read_is_told_without_an_email_address() throws IOException {
    try (ProfileReader reader = open()) {
      for (CustomerProfile profile : rest(reader)) {
        // Not the reasons themselves: a failure must not show them.
        assertThat(reasons(profile).noneMatch(reason -> reason.indexOf('@') >= 0))
            .as("reasons of customer %s hold no email address", profile.id())
            .isTrue();
      }
    }
  }

  private static Stream<String> reasons(CustomerProfile profile) {
    return Stream.concat(
            Stream.ofNullable(profile.unreadable()),
            IntStream.range(0, profile.fields().size()).mapToObj(profile::value))
        .filter(Unreadable.class::isInstance)
        .map(value -> ((Unreadable) value).reason());
  }

  @Test
  @Rule(
      "A segment that the source does not know is refused with an IOException whose message says what to do.")
  void an_unknown_segment_is_refused_with_advice() {
    Optional<Segment> unknown = unknownSegment();
    Assumptions.assumeThat(unknown).as("a segment that the source does not know").isPresent();

    assertThatThrownBy(() -> source().open(unknown.orElseThrow()).close())
        .isInstanceOf(IOException.class)
        .matches(
            UnquotedFailure::maySpeak,
            "is of a class whose message people are shown: IOException itself, or one of the JDK's")
        .message()
        .isNotBlank();
  }

  @Test
  @Rule("An opening that is refused leaves nothing open.")
  void a_refused_opening_leaves_nothing_open() {
    Optional<Segment> unknown = unknownSegment();
    Assumptions.assumeThat(unknown).as("a segment that the source does not know").isPresent();
    OptionalInt before = openResources();
    assumeTrue(before.isPresent(), NOT_COUNTED);

    assertThatThrownBy(() -> source().open(unknown.orElseThrow()).close())
        .isInstanceOf(IOException.class);

    assertThat(openResources()).as("what is open after the refusal").isEqualTo(before);
  }

  ProfileReader open() throws IOException {
    return source().open(segment());
  }

  static List<CustomerProfile> rest(ProfileReader reader) throws IOException {
    List<CustomerProfile> rest = new ArrayList<>();
    for (CustomerProfile next = reader.next(); next != null; next = reader.next()) {
      rest.add(next);
    }
    return rest;
  }

  static List<String> idsOf(List<CustomerProfile> profiles) {
    return profiles.stream().map(CustomerProfile::id).toList();
  }

  private static @Nullable String idOf(@Nullable CustomerProfile profile) {
    return profile == null ? null : profile.id();
  }

  private static String written(CustomerProfile profile) {
    StringBuilder text = new StringBuilder(profile.id());
    for (int i = 0; i < profile.fields().size(); i++) {
      text.append('\n').append(Arrays.deepToString(new Object[] {profile.value(i)}));
    }
    return text.toString();
  }
}
