package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Unreadable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in this package's Javadoc. */
class SourceExamplesTest {
  private static final Segment VIP = Segment.named("vip-eu");

  @TempDir private Path directory;

  /** A system of the reader's own that knows customers. */
  private interface Customers {
    List<CustomerProfile> in(String segment);
  }

  @Test
  void a_source_is_a_function_from_a_segment_to_its_profiles() throws IOException {
    CustomerProfile ada = CustomerProfile.of("c-17", Map.of("EMailAddress", "ada@shop.example"));
    Customers customers = segment -> segment.equals("vip-eu") ? List.of(ada) : List.of();

    // @start region="source"
    ProfileSource source = segment -> ProfileReader.of(customers.in(segment.name()));
    // @end

    try (ProfileReader reader = source.open(VIP)) {
      assertThat(reader.next()).isSameAs(ada);
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void a_source_of_csv_files_is_one_file_or_a_directory() throws IOException {
    Path customersCsv = write("customers.csv", "CustomerId,EMailAddress\nc-17,ada@shop.example\n");
    write("vip-eu.csv", "EMailAddress\nbo@shop.example\n");

    // @start region="csv"
    // @replace substring='customersCsv' replacement='Path.of("customers.csv")':
    ProfileSource one = CsvSource.of(customersCsv).idField("CustomerId");
    // @replace substring='(directory)' replacement='(Path.of("segments"))':
    ProfileSource many = CsvSource.directory(directory); // vip-eu is segments/vip-eu.csv
    // @end

    assertThat(first(one).id()).isEqualTo("c-17");
    assertThat(first(many).value("EMailAddress")).isEqualTo("bo@shop.example");
  }

  @Test
  void columns_of_csv_files_have_types() throws IOException {
    Path customersCsv =
        write(
            "customers.csv",
            """
            EMailAddress;LTV;Birthday;Tags;Newsletter
            ada@shop.example;1.234,50;10.12.1815;math|poetry;ja
            bo@shop.example;NULL;soon;;
            """);

    // @start region="columns"
    ProfileSource source =
        // @replace substring='customersCsv' replacement='Path.of("customers.csv")':
        CsvSource.of(customersCsv)
            .delimiter(';')
            .everyColumn(Conversion.emptyWords("NULL", "\\N"))
            .column("LTV", Conversion.decimal(Locale.GERMANY))
            .column("Birthday", Conversion.date("dd.MM.yyyy"))
            .column("Tags", Conversion.list("|"))
            .column("Newsletter", Conversion.yesNo(Set.of("ja"), Set.of("nein")));
    // @end

    try (ProfileReader reader = source.open(VIP)) {
      CustomerProfile ada = Objects.requireNonNull(reader.next());
      assertThat(ada.value("LTV")).isEqualTo(new BigDecimal("1234.50"));
      assertThat(ada.value("Birthday")).isEqualTo(LocalDate.of(1815, 12, 10));
      assertThat(ada.value("Tags")).isEqualTo(List.of("math", "poetry"));
      assertThat(ada.value("Newsletter")).isEqualTo(true);
      CustomerProfile bo = Objects.requireNonNull(reader.next());
      assertThat(bo.value("LTV")).isNull();
      assertThat(bo.value("Birthday")).isInstanceOf(Unreadable.class);
    }
  }

  @Test
  void a_source_says_that_its_files_are_sorted_by_email_address() throws IOException {
    Path customersCsv = write("customers.csv", "EMailAddress,CustomerId\nada@shop.example,c-17\n");

    // @start region="sorted"
    // (export LC_ALL=C; head -n 1 raw.csv
    //  tail -n +2 raw.csv |
    //  awk -F, '{ key = tolower($1); gsub(/[" \r]/, "", key); print key "\t" $0 }' |
    //  sort | cut -f 2-) > customers.csv
    ProfileSource source =
        // @replace substring='customersCsv' replacement='Path.of("customers.csv")':
        CsvSource.of(customersCsv).idField("CustomerId").sortedByEmail();
    // @end

    try (ProfileReader reader = source.open(VIP)) {
      assertThat(reader.isSortedByEmail()).isTrue();
      assertThat(Objects.requireNonNull(reader.next()).id()).isEqualTo("c-17");
    }
    Path lines = write("customers.jsonl", "{\"email\":\"ada@shop.example\"}\n");
    try (ProfileReader sorted = JsonLinesSource.of(lines).sortedByEmail().idField("id").open(VIP);
        ProfileReader unsorted = JsonLinesSource.of(lines).open(VIP)) {
      assertThat(sorted.isSortedByEmail()).isTrue();
      assertThat(unsorted.isSortedByEmail()).isFalse();
    }
  }

  @Test
  void a_source_of_json_lines_is_one_file_or_a_directory() throws IOException {
    Path customers = write("customers.jsonl", "{\"id\":17,\"email\":\"ada@shop.example\"}\n");
    write("vip-eu.ndjson", "{\"email\":\"bo@shop.example\"}\n{\"email\":\n");

    // @start region="jsonLines"
    // @replace substring='(customers)' replacement='(Path.of("customers.jsonl"))':
    ProfileSource one = JsonLinesSource.of(customers).idField("id");
    ProfileSource many =
        // @replace substring='(directory)' replacement='(Path.of("segments"))':
        JsonLinesSource.directory(directory) // vip-eu is segments/vip-eu.jsonl or .ndjson
            .badRecords(BadRecords.SET_ASIDE);
    // @end

    assertThat(first(one).id()).isEqualTo("17");
    assertThat(first(many).value("email")).isEqualTo("bo@shop.example");
  }

  @Test
  void a_directory_lists_the_segments_that_have_a_file_or_folder_there() throws IOException {
    write("vip-eu.csv", "email\n");
    write("vip-us.csv.gz", "");
    write("notes.txt", "");
    write(".hidden.csv", "");
    Files.createDirectory(directory.resolve("vip-asia"));
    Files.writeString(directory.resolve("vip-asia/part-0.csv"), "email\n");
    Files.createDirectory(directory.resolve("empty"));
    Files.createDirectory(directory.resolve("_temporary"));

    assertThat(CsvSource.directory(directory).segments())
        .extracting(available -> available.segment().name())
        .containsExactly("vip-asia", "vip-eu", "vip-us");
    assertThat(CsvSource.of(directory.resolve("vip-eu.csv")).segments()).isEmpty();
    assertThat(JsonLinesSource.directory(directory).segments()).isEmpty();
    assertThatThrownBy(() -> CsvSource.directory(directory.resolve("nosuch")).segments())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("There is no directory");
  }

  @Test
  void a_source_says_whether_its_segments_are_being_refreshed() throws IOException {
    Path marker = directory.resolve("vip-eu.refreshing");
    Path customers = write("vip-eu.csv", "email\nada@shop.example\n");

    // @start region="refreshed"
    class Nightly implements RefreshedSource {
      @Override
      public Readiness readiness(Segment segment) {
        return Files.exists(marker)
            ? Readiness.refreshing("it is being refreshed")
            : Readiness.ready();
      }

      @Override
      public ProfileReader open(Segment segment) throws IOException {
        return CsvSource.of(customers).open(segment);
      }
    }
    // @end

    assertThat(new Nightly().readiness(VIP)).isEqualTo(Readiness.ready());
    Files.createFile(marker);
    assertThat(new Nightly().readiness(VIP).state()).isEqualTo(Readiness.State.REFRESHING);
    assertThat(first(new Nightly()).value("email")).isEqualTo("ada@shop.example");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static CustomerProfile first(ProfileSource source) throws IOException {
    try (ProfileReader reader = source.open(VIP)) {
      return Objects.requireNonNull(reader.next());
    }
  }
}
