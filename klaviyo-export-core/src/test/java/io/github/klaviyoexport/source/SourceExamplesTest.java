package io.github.klaviyoexport.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static CustomerProfile first(ProfileSource source) throws IOException {
    try (ProfileReader reader = source.open(VIP)) {
      return Objects.requireNonNull(reader.next());
    }
  }
}
