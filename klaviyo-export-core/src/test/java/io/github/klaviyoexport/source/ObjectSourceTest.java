package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is in memory already is a segment, and all that is opened for it is closed. */
class ObjectSourceTest {
  private static final Segment VIP = Segment.named("vip-eu");

  private record Person(long id, @Nullable String email, BigDecimal lifetimeValue) {}

  private static final Person ADA = new Person(17, "ada@shop.example", new BigDecimal("12.50"));
  private static final Person BO = new Person(18, null, BigDecimal.ZERO);

  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void an_object_becomes_a_customer_by_functions() throws IOException {
    Map<String, List<Person>> people = Map.of("vip-eu", List.of(ADA, BO));

    // @start region="objects"
    ProfileSource source =
        ObjectSource.fromIterable(segment -> people.get(segment.name()))
            .id(Person::id)
            .field("EMailAddress", Person::email)
            .field("LTV", Person::lifetimeValue);
    // @end

    FieldNames fields = FieldNames.of("EMailAddress", "LTV");
    assertThat(read(source))
        .containsExactly(
            CustomerProfile.of("17", fields, "ada@shop.example", new BigDecimal("12.50")),
            CustomerProfile.of("18", fields, null, BigDecimal.ZERO));
    try (ProfileReader reader = source.open(VIP)) {
      assertThat(reader.fields()).contains(fields);
      assertThat(reader.size()).hasValue(2);
    }
    assertThatIOException()
        .isThrownBy(() -> source.open(Segment.named("vip-us")))
        .withMessage(
            "The source knows no segment 'vip-us': its function returned null for it. Check the"
                + " name.");
    assertThat(source).hasToString("ObjectSource[EMailAddress, LTV]");
  }

  @Test
  void maps_and_rows_have_fields_by_name() throws IOException {
    List<Map<String, Object>> rows = List.of(Map.of("id", "c-1", "email", "ada@shop.example"));

    // @start region="maps"
    ProfileSource source =
        ObjectSource.of(rows).id(row -> row.get("id")).fields(List.of("email", "city"), Map::get);
    // @end

    assertThat(read(source))
        .containsExactly(
            CustomerProfile.of("c-1", FieldNames.of("email", "city"), "ada@shop.example", null));
  }

  @Test
  void streams_iterators_and_publishers_are_read_alike() throws IOException {
    List<CustomerProfile> expected = read(described(ObjectSource.of(List.of(ADA, BO))));

    assertThat(read(described(ObjectSource.fromStream(segment -> Stream.of(ADA, BO)))))
        .isEqualTo(expected);
    assertThat(read(described(ObjectSource.fromIterator(s -> List.of(ADA, BO).iterator()))))
        .isEqualTo(expected);
    SubmissionPublisher<Person> publisher = new SubmissionPublisher<>();
    ProfileReader reader = described(ObjectSource.fromPublisher(segment -> publisher)).open(VIP);
    publisher.submit(ADA);
    publisher.submit(BO);
    publisher.close();
    assertThat(read(reader)).isEqualTo(expected);
  }

  @Test
  void a_segment_that_a_function_does_not_know_is_refused_wherever_objects_come_from() {
    for (ObjectSource<Person> source :
        List.<ObjectSource<Person>>of(
            ObjectSource.fromIterable(segment -> null),
            ObjectSource.fromIterator(segment -> null),
            ObjectSource.fromStream(segment -> null),
            ObjectSource.fromPublisher(segment -> null))) {
      assertThatIOException()
          .isThrownBy(() -> source.open(VIP))
          .withMessageStartingWith("The source knows no segment 'vip-eu'");
    }
  }

  @Test
  void the_size_is_known_where_it_is_known_without_reading() throws IOException {
    assertThat(size(ObjectSource.of(List.of(ADA)))).isEqualTo(1);
    assertThat(size(ObjectSource.fromStream(segment -> List.of(ADA, BO).stream()))).isEqualTo(2);
    assertThat(size(ObjectSource.fromStream(s -> Stream.of(ADA, BO).filter(p -> true))))
        .isEqualTo(-1);
    assertThat(size(ObjectSource.fromIterator(s -> List.of(ADA).iterator()))).isEqualTo(-1);
  }

  @Test
  void objects_are_read_one_at_a_time() throws IOException {
    AtomicInteger made = new AtomicInteger();
    ObjectSource<Integer> source =
        ObjectSource.<Integer>fromStream(
                segment -> IntStream.range(0, 1_000_000).peek(i -> made.incrementAndGet()).boxed())
            .id(i -> i);
    try (ProfileReader reader = source.open(VIP)) {
      reader.next();
      reader.next();
    }
    assertThat(made).hasValue(2);
  }

  @Test
  void a_customer_without_an_id_is_called_by_the_number() throws IOException {
    assertThat(read(ObjectSource.of(List.of(ADA, BO))))
        .extracting(CustomerProfile::id)
        .containsExactly("customer 1 of vip-eu", "customer 2 of vip-eu");
    assertThat(read(ObjectSource.of(List.of(ADA, BO)).id(Person::email)))
        .extracting(CustomerProfile::id)
        .containsExactly("ada@shop.example", "customer 2 of vip-eu");
  }

  @Test
  void an_id_is_the_text_of_what_a_value_stands_for() throws IOException {
    List<Object> ids =
        Arrays.asList(
            Optional.of("c-1"),
            Optional.empty(),
            new char[] {'c', '3'},
            new StringBuilder("c-4"),
            OptionalLong.of(5),
            OptionalLong.empty(),
            new AtomicReference<>(7L),
            8.0,
            new BigDecimal("9E+1"),
            new UUID(0, 10),
            TimeUnit.HOURS);

    assertThat(read(ObjectSource.of(ids).id(id -> id)))
        .extracting(CustomerProfile::id)
        .containsExactly(
            "c-1",
            "customer 2 of vip-eu",
            "c3",
            "c-4",
            "5",
            "customer 6 of vip-eu",
            "7",
            "8",
            "90",
            "00000000-0000-0000-0000-00000000000a",
            "HOURS");
  }

  @Test
  void an_id_of_a_type_without_a_text_stops_the_export_or_costs_its_customer() throws IOException {
    for (Object id : List.of(new byte[] {1}, ADA, List.of("c-1"), Double.NaN)) {
      String type = id.getClass().getTypeName();
      ObjectSource<Object> source = ObjectSource.of(List.of(17, id, 19)).id(each -> each);

      assertThatIOException()
          .isThrownBy(() -> read(source))
          .withMessage(
              "Customer 2 of the source: the function for the id returned a value of type "
                  + type
                  + ", which has no one text. Have it return text, a number or a UUID.");
      List<CustomerProfile> read = read(source.badRecords(BadRecords.SET_ASIDE));
      assertThat(read)
          .extracting(CustomerProfile::id)
          .containsExactly("17", "customer 2 of vip-eu", "19");
      assertThat(read.get(1).unreadable())
          .isEqualTo(Unreadable.because("its id is of type " + type + ", which has no one text"));
    }
  }

  @Test
  void a_function_that_throws_stops_the_export_or_costs_its_field_and_is_not_quoted()
      throws IOException {
    ObjectSource<String> source =
        ObjectSource.of(List.of("1", "Rosebud", "3")).field("n", Integer::valueOf);

    assertThatIOException()
        .isThrownBy(() -> read(source))
        .withMessage(
            "Customer 2 of the source: the function for the field 'n' failed with"
                + " java.lang.NumberFormatException. Have it return null where there is no value.")
        .satisfies(
            failure -> {
              assertThat(failure.getCause()).hasMessage("java.lang.NumberFormatException");
              assertThat(failure.getCause().getStackTrace()).isNotEmpty();
            });

    List<CustomerProfile> read = read(source.badRecords(BadRecords.SET_ASIDE));
    assertThat(read.get(1).value("n"))
        .isEqualTo(Unreadable.because("its function failed with java.lang.NumberFormatException"));
    assertThat(read.get(2).value("n")).isEqualTo(3);
  }

  @Test
  void null_and_an_id_that_fails_stop_the_export_or_cost_their_customer() throws IOException {
    ObjectSource<String> source =
        ObjectSource.of(Arrays.asList("1", null, "Rosebud", "4")).id(Integer::valueOf);

    assertThatIOException()
        .isThrownBy(() -> read(source))
        .withMessage("Customer 2 of the source is null: leave it out there.");

    List<CustomerProfile> read = read(source.badRecords(BadRecords.SET_ASIDE));
    assertThat(read)
        .extracting(CustomerProfile::id)
        .containsExactly("1", "customer 2 of vip-eu", "customer 3 of vip-eu", "4");
    assertThat(read.get(1).unreadable()).isEqualTo(Unreadable.because("null, and no customer"));
    assertThat(read.get(2).unreadable()).isNotNull();
  }

  @Test
  void a_name_stands_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ObjectSource.of(List.of(ADA)).field("a", Person::id).field("a", Person::id))
        .withMessageContaining("'a' stands twice");
  }

  @Test
  void a_stream_is_closed_at_the_end_midway_and_after_a_failure() throws IOException {
    Function<Stream<Person>, ObjectSource<Person>> source =
        stream -> ObjectSource.fromStream(s -> stream.onClose(closed::incrementAndGet));

    read(source.apply(Stream.of(ADA, BO)));
    assertThat(closed).hasValue(1);

    source.apply(Stream.of(ADA, BO)).open(VIP).close();
    assertThat(closed).hasValue(2);

    ProfileReader failing =
        source
            .apply(
                Stream.<Person>generate(
                    () -> {
                      throw new UncheckedIOException(new IOException("The disk failed."));
                    }))
            .open(VIP);
    assertThatIOException().isThrownBy(failing::next).withMessage("The disk failed.");
    failing.close();
    assertThat(closed).hasValue(3);
  }

  @Test
  void a_stream_that_cannot_be_read_is_closed_at_once() {
    Stream<Person> used = Stream.of(ADA).onClose(closed::incrementAndGet);
    assertThat(used.iterator()).hasNext();

    assertThatIOException()
        .isThrownBy(() -> ObjectSource.fromStream(segment -> used).open(VIP))
        .withMessage(
            "The stream of the segment has been read or closed before: give fromStream(...) a"
                + " function that makes a new stream each time.");
    assertThat(closed).hasValue(1);
  }

  @Test
  void an_iterator_and_what_it_iterates_over_are_closed_if_they_were_opened_for_the_export()
      throws IOException {
    read(ObjectSource.fromIterator(segment -> new Cursor()));
    assertThat(closed).hasValue(1);

    read(ObjectSource.fromIterable(segment -> new Shelf()));
    assertThat(closed).hasValue(3);

    read(ObjectSource.of(new Shelf()));
    assertThat(closed).as("the iterator, and not what was there before").hasValue(4);
  }

  @Test
  void what_does_not_close_is_told_without_its_message_and_the_rest_is_closed() {
    ObjectSource<Person> source =
        ObjectSource.fromIterable(
            segment ->
                new Shelf() {
                  @Override
                  public Iterator<Person> iterator() {
                    return new Cursor() {
                      @Override
                      public void close() throws SQLException {
                        throw new SQLException("Rosebud");
                      }
                    };
                  }
                });
    assertThatIOException()
        .isThrownBy(() -> read(source))
        .withMessage("What the customers were read from did not close: java.sql.SQLException.");
    assertThat(closed).hasValue(1);
  }

  /** An iterator over one person that is to be closed. */
  private class Cursor implements Iterator<Person>, AutoCloseable {
    private boolean hasNext = true;

    @Override
    public boolean hasNext() {
      return hasNext;
    }

    @Override
    public Person next() {
      hasNext = false;
      return ADA;
    }

    @Override
    public void close() throws SQLException {
      closed.incrementAndGet();
    }
  }

  /** What is to be closed, as is each iterator over it. */
  private class Shelf implements Iterable<Person>, Closeable {
    @Override
    public Iterator<Person> iterator() {
      return new Cursor();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static ObjectSource<Person> described(ObjectSource<Person> source) {
    return source.id(Person::id).field("EMailAddress", Person::email);
  }

  private static long size(ProfileSource source) throws IOException {
    try (ProfileReader reader = source.open(VIP)) {
      return reader.size().orElse(-1);
    }
  }

  private static List<CustomerProfile> read(ProfileSource source) throws IOException {
    return read(source.open(VIP));
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
