package io.github.klaviyoexport.testkit.contract;

import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.BadRecords;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.JsonLinesSource;
import io.github.klaviyoexport.source.ObjectSource;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Every source of ours keeps the contract. */
class ProfileSourcesTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final List<String> IDS = List.of("c-1", "c-2", "c-3", "c-4");
  private static final List<CustomerProfile> CUSTOMERS =
      IDS.stream()
          .map(id -> CustomerProfile.of(id, Map.of("email", id + "@shop.example", "LTV", 7)))
          .toList();

  private record Person(String id, String email) {}

  private static final List<Person> PERSONS =
      IDS.stream().map(id -> new Person(id, id + "@shop.example")).toList();
  private static final Map<Segment, List<Person>> PEOPLE = Map.of(SEGMENT, PERSONS);

  private static final String CSV =
      """
      id,email,note
      c-1,c-1@shop.example,"two
      lines"
      c-2,c-2@shop.example,
      c-3,c-3@shop.example,three
      c-4,c-4@shop.example,four
      """;

  @Nested
  // @start region="example"
  class In_a_directory_of_csv_files extends ProfileSourceContract {
    @TempDir Path directory;

    @BeforeEach
    void writes_the_file() throws IOException {
      Files.writeString(directory.resolve(SEGMENT + ".csv"), CSV);
    }

    @Override
    protected ProfileSource source() {
      return CsvSource.directory(directory).idField("id");
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  // @end

  @Nested
  class In_one_csv_file extends ProfileSourceContract {
    @TempDir Path directory;

    @BeforeEach
    void writes_the_file() throws IOException {
      Files.writeString(directory.resolve("customers.csv"), CSV);
    }

    @Override
    protected ProfileSource source() {
      return CsvSource.of(directory.resolve("customers.csv"));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return List.of("line 2", "line 4", "line 5", "line 6");
    }

    @Override
    protected Optional<Segment> unknownSegment() {
      return Optional.empty();
    }
  }

  @Nested
  class In_a_folder_of_csv_files extends ProfileSourceContract {
    @TempDir Path directory;

    @BeforeEach
    void writes_the_files() throws IOException {
      Path folder = Files.createDirectory(directory.resolve(SEGMENT.name()));
      List<String> lines = CSV.lines().toList();
      Files.writeString(folder.resolve("part-00000.csv"), String.join("\n", lines.subList(0, 4)));
      Files.writeString(
          folder.resolve("part-00001.csv"),
          lines.get(0) + "\n" + String.join("\n", lines.subList(4, 6)));
      Files.writeString(folder.resolve("_SUCCESS"), "");
      Files.writeString(directory.resolve("vip-us.csv"), "id,email\nc-9,c-9@shop.example\n");
    }

    @Override
    protected ProfileSource source() {
      return CsvSource.directory(directory).idField("id");
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> otherSegment() {
      return Optional.of(Segment.named("vip-us"));
    }
  }

  @Nested
  class In_a_csv_file_with_bad_records extends ProfileSourceContract {
    @TempDir Path directory;

    @BeforeEach
    void writes_the_file() throws IOException {
      Files.writeString(
          directory.resolve(SEGMENT + ".csv"),
          CSV + "c-5\nc-6,c-6@shop.example,\"c-6@shop.example\"!\nc-7,c-7@shop.example,seven\n");
    }

    @Override
    protected ProfileSource source() {
      return CsvSource.directory(directory)
          .idField("id")
          .column("note", Conversion.list("\n"))
          .badRecords(BadRecords.SET_ASIDE);
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return List.of(
          "c-1", "c-2", "c-3", "c-4", "line 7 of vip-eu.csv", "line 8 of vip-eu.csv", "c-7");
    }
  }

  @Nested
  class In_a_directory_of_json_lines extends ProfileSourceContract {
    @TempDir Path directory;

    @BeforeEach
    void writes_the_file() throws IOException {
      Files.writeString(
          directory.resolve(SEGMENT + ".jsonl"),
          """
          {"id":"c-1","email":"c-1@shop.example","tags":["a",{"b":1.50}]}
          {"email":"c-2@shop.example","id":"c-2"}

          {"id":"c-3@shop.example"
          {"id":"c-4","email":"c-4@shop.example"}
          """);
    }

    @Override
    protected ProfileSource source() {
      return JsonLinesSource.directory(directory).idField("id").badRecords(BadRecords.SET_ASIDE);
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return List.of("c-1", "c-2", "line 4 of vip-eu.jsonl", "c-4");
    }
  }

  @Nested
  class In_memory extends PositionedSourceContract {
    private final InMemorySegments segments = InMemorySegments.of(SEGMENT.name(), CUSTOMERS);

    @Override
    protected OptionalInt openResources() {
      return OptionalInt.of(segments.openReaders());
    }

    @Override
    protected PositionedSource source() {
      return segments;
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class In_memory_of_unknown_size extends PositionedSourceContract {
    private final InMemorySegments segments =
        InMemorySegments.of(SEGMENT.name(), CUSTOMERS).sizeUnknown(SEGMENT.name());

    @Override
    protected PositionedSource source() {
      return segments;
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class Generated extends PositionedSourceContract {
    private final GeneratedProfiles profiles =
        GeneratedProfiles.of(50).withBadEmails(5).withDuplicates(5);

    @Override
    protected PositionedSource source() {
      return InMemorySegments.of(SEGMENT.name(), profiles);
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return profiles.stream().map(CustomerProfile::id).toList();
    }
  }

  @Nested
  class Of_a_collection extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return segment -> ProfileReader.of(CUSTOMERS);
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> unknownSegment() {
      return Optional.empty();
    }
  }

  @Nested
  class Of_objects extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(ObjectSource.fromIterable(PEOPLE::get));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class Of_objects_whatever_the_segment extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(ObjectSource.of(PERSONS));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> unknownSegment() {
      return Optional.empty();
    }
  }

  @Nested
  class Of_a_stream_of_objects extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(
          ObjectSource.fromStream(s -> PEOPLE.containsKey(s) ? PERSONS.stream() : null));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class Of_an_iterator_over_objects extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(
          ObjectSource.fromIterator(s -> PEOPLE.containsKey(s) ? PERSONS.iterator() : null));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class Of_a_publisher_of_objects extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(
          ObjectSource.fromPublisher(
              s -> PEOPLE.containsKey(s) ? ProfileSourcesTest::publish : null));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }
  }

  @Nested
  class Only_some_of_a_source extends ProfileSourceContract {
    @Override
    protected ProfileSource source() {
      return described(ObjectSource.fromIterable(PEOPLE::get))
          .only(List.of("c-1", "c-3", "c-9", "c-4"));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return List.of("c-1", "c-3", "c-4", "c-9");
    }
  }

  @Nested
  class Only_some_of_a_positioned_source extends PositionedSourceContract {
    @Override
    protected PositionedSource source() {
      return InMemorySegments.of(SEGMENT.name(), CUSTOMERS)
          .only(List.of("c-0", "c-2", "c-4", "c-9"));
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return List.of("c-2", "c-4", "c-0", "c-9");
    }
  }

  private static ObjectSource<Person> described(ObjectSource<Person> source) {
    return source.id(Person::id).field("email", Person::email);
  }

  /** Gives all persons, no faster than it is asked to, from another thread. */
  private static void publish(Subscriber<? super Person> subscriber) {
    SubmissionPublisher<Person> publisher = new SubmissionPublisher<>();
    publisher.subscribe(subscriber);
    PERSONS.forEach(publisher::submit);
    publisher.close();
  }
}
