package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.klaviyoexport.internal.files.ListenerFile;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.LogLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectionFileTest {
  private static final Rejection BY_KLAVIYO =
      Rejection.ofProfile("c-17", "EMailAddress", Reason.REFUSED_BY_KLAVIYO).withCode("invalid");
  private static final Rejection OF_A_FIELD =
      Rejection.ofField("Doe, \"J\"", "Telephone1", Reason.PHONE_MALFORMED);
  private static final Rejection OF_NOBODY_KNOWN =
      Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO);

  private static final ExportProgress PROGRESS =
      new ProgressData(OptionalLong.of(1), 1, 0, 0, 1, 0, Duration.ZERO);

  @TempDir Path directory;

  @Test
  void csv_has_a_header_and_a_line_for_each_rejection() throws IOException {
    Path path = directory.resolve("rejections.csv");

    try (RejectionFile file = RejectionFile.csv(path)) {
      file.rejected(BY_KLAVIYO);
      file.rejected(OF_A_FIELD);
      file.rejected(OF_NOBODY_KNOWN);
    }

    assertThat(Files.readString(path))
        .isEqualTo(
            """
            customer_id,scope,field,reason,code,other_customer_id\r
            c-17,PROFILE,EMailAddress,REFUSED_BY_KLAVIYO,invalid,\r
            "Doe, ""J""\",FIELD,Telephone1,PHONE_MALFORMED,,\r
            ,PROFILE,,FAILED_IN_KLAVIYO,,\r
            """);
  }

  @Test
  void every_id_is_read_back_byte_for_byte_from_csv() throws IOException {
    List<String> ids = new ArrayList<>(IDS);
    Random random = new Random(4180);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder id = new StringBuilder();
      for (int length = 1 + random.nextInt(6); length > 0; length--) {
        id.append("-=+@'\"\"\t\r\n ,;a1\u00A0\uFEFF\u00E9\u6F22".charAt(random.nextInt(19)));
      }
      ids.add(id.toString());
    }
    Path path = directory.resolve("rejections.csv");
    try (RejectionFile file = RejectionFile.csv(path)) {
      ids.forEach(id -> file.rejected(Rejection.ofProfile(id, "=F", Reason.NO_IDENTIFIER)));
    }

    try (CsvReader<NamedCsvRecord> read = CsvReader.builder().ofNamedCsvRecord(path)) {
      assertThat(read.stream().map(line -> line.getField("customer_id")).toList()).isEqualTo(ids);
    }
    List<String> sourced = new ArrayList<>();
    try (ProfileReader read = CsvSource.of(path).open(Segment.named("rejected"))) {
      for (CustomerProfile line = read.next(); line != null; line = read.next()) {
        sourced.add(String.valueOf(line.value("customer_id")));
        assertThat(line.value("field")).isEqualTo("=F");
      }
    }
    ids.replaceAll(id -> id.isEmpty() ? "null" : id);
    assertThat(sourced).isEqualTo(ids);
  }

  private static final List<String> IDS =
      List.of(
          "-NqXyz12",
          "=1+1",
          "+358401234567",
          "@home",
          "\ttab",
          "\rcr",
          "'-1",
          "a,b",
          "a;b",
          "say \"hi\"",
          "\"",
          "\"\"",
          "two\nlines",
          "two\r\nlines",
          "\n",
          " c-1 ",
          " ",
          "\u00A0",
          "007",
          "1E5",
          "");

  @Test
  void csv_for_spreadsheets_holds_no_formula() throws IOException {
    Path path = directory.resolve("rejections.csv");

    try (RejectionFile file = RejectionFile.csvForSpreadsheets(path)) {
      file.rejected(Rejection.ofProfile("-NqXyz12", "=F", Reason.NO_IDENTIFIER));
      file.rejected(BY_KLAVIYO);
    }

    assertThat(Files.readString(path))
        .isEqualTo(
            """
            shown_customer_id,scope,field,reason,code,other_customer_id\r
            '-NqXyz12,PROFILE,'=F,NO_IDENTIFIER,,\r
            c-17,PROFILE,EMailAddress,REFUSED_BY_KLAVIYO,invalid,\r
            """);
  }

  @Test
  void json_lines_have_an_object_for_each_rejection() throws IOException {
    Path path = directory.resolve("rejections.jsonl");

    try (RejectionFile file = RejectionFile.jsonLines(path)) {
      file.rejected(BY_KLAVIYO);
      file.rejected(OF_NOBODY_KNOWN);
    }

    assertThat(Files.readString(path))
        .isEqualTo(
            """
            {"customer_id":"c-17","scope":"PROFILE","field":"EMailAddress","reason":"REFUSED_BY_KLAVIYO","code":"invalid"}
            {"customer_id":null,"scope":"PROFILE","field":null,"reason":"FAILED_IN_KLAVIYO","code":null}
            """);
  }

  @Test
  void without_a_rejection_the_csv_file_is_a_header() throws IOException {
    Path path = directory.resolve("rejections.csv");

    RejectionFile.csv(path).close();

    assertThat(path).hasContent(ReportText.REJECTIONS_HEADER);
  }

  @Test
  void every_rejection_is_written_however_many_there_are() throws IOException {
    Path path = directory.resolve("rejections.csv");

    try (RejectionFile file = RejectionFile.csv(path)) {
      IntStream.range(0, 5_000)
          .mapToObj(i -> Rejection.ofProfile("c-" + i, null, Reason.NO_IDENTIFIER))
          .forEach(file::rejected);
    }

    assertThat(Files.readAllLines(path)).hasSize(5_001).endsWith("c-4999,PROFILE,,NO_IDENTIFIER,,");
  }

  @Test
  void an_interrupt_of_the_export_does_not_cost_a_rejection() throws IOException {
    Path path = directory.resolve("rejections.csv");

    try (RejectionFile file = RejectionFile.csv(path)) {
      file.rejected(BY_KLAVIYO);
      Thread.currentThread().interrupt();
      file.progressed(PROGRESS);
      assertThat(Thread.interrupted()).isTrue();
      file.rejected(OF_NOBODY_KNOWN);
    }

    assertThat(Files.readAllLines(path)).hasSize(3);
  }

  @Test
  void what_was_rejected_can_be_read_at_once() throws IOException {
    Path path = directory.resolve("rejections.csv");

    try (RejectionFile file = RejectionFile.csv(path)) {
      file.rejected(BY_KLAVIYO);

      assertThat(Files.readAllLines(path)).hasSize(2);
    }
  }

  @Test
  void only_the_owner_may_read_it_whatever_stood_there_before() throws IOException {
    Path path = directory.resolve("rejections.csv");
    assumeTrue(path.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Files.writeString(path, "an older file that is longer than what is written this time");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));

    RejectionFile.csv(path).close();

    assertThat(path).hasContent(ReportText.REJECTIONS_HEADER);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void a_link_is_replaced_and_not_followed() throws IOException {
    Path other = Files.writeString(directory.resolve("other.txt"), "precious");
    Path path = directory.resolve("rejections.csv");
    assumeTrue(path.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Files.createSymbolicLink(path, other);

    RejectionFile.csv(path).close();

    assertThat(other).hasContent("precious");
    assertThat(path).isRegularFile();
  }

  @Test
  void a_file_that_cannot_be_created_is_said_at_once() {
    assertThatThrownBy(() -> RejectionFile.csv(directory.resolve("none/rejections.csv")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "There is no directory for the file "
                + directory.resolve("none/rejections.csv")
                + ": make it first.");
    assertThatThrownBy(() -> RejectionFile.jsonLines(directory))
        .isInstanceOf(IOException.class)
        .hasMessage(directory + " is not a file: pass the path of the file to write.");
  }

  @Test
  void a_full_disk_does_not_disturb_the_export_and_is_told_on_close() throws IOException {
    Path path = directory.resolve("rejections.csv");
    FullDisk disk = new FullDisk();
    Files.createFile(path);
    RejectionFile file =
        new RejectionFile(
            path, new ListenerFile("rejections", path, disk, () -> {}), ReportText::csvLine);

    assertThatCode(
            () -> {
              file.rejected(BY_KLAVIYO);
              file.rejected(BY_KLAVIYO);
              file.progressed(PROGRESS);
            })
        .doesNotThrowAnyException();

    assertThat(disk.attempts).isEqualTo(1);
    assertThatThrownBy(file::close)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The file of rejections "
                + path
                + " is incomplete, and called rejections.csv.incomplete now: make room or mend the"
                + " disk, and export again from the start. The report counts all rejections and"
                + " keeps the first 1000.")
        .hasCauseInstanceOf(IOException.class);
    assertThat(disk.closed).isTrue();
  }

  private interface Opening {
    RejectionFile at(Path path) throws IOException;
  }

  @Test
  void a_resumed_run_writes_on_in_the_same_form_behind_the_last_whole_line() throws IOException {
    Path path = directory.resolve("rejections");
    for (Opening form :
        List.<Opening>of(
            RejectionFile::csv, RejectionFile::csvForSpreadsheets, RejectionFile::jsonLines)) {
      try (RejectionFile file = form.at(path)) {
        file.rejected(Rejection.ofProfile("-1", "two\nlines, Доход, х", Reason.NO_IDENTIFIER));
        file.rejected(BY_KLAVIYO);
      }
      String whole = Files.readString(path);
      Files.writeString(path, whole.substring(0, whole.length() - 9));
      try (RejectionFile file = RejectionFile.continuing(path)) {
        file.rejected(BY_KLAVIYO);
      }

      assertThat(Files.readString(path)).isEqualTo(whole);
    }
  }

  @Test
  void what_is_no_file_of_rejections_is_left_as_it_is() throws IOException {
    Path path = directory.resolve("outcomes.jsonl");
    for (String content : List.of("{\"id\":\"c-1\"}", "{\n}", "customer_id\n")) {
      Files.writeString(path, content);

      assertThatThrownBy(() -> RejectionFile.continuing(path))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "The file "
                  + path
                  + " holds no rejections: name the file that the run before has written.");
      assertThat(Files.readString(path)).isEqualTo(content);
    }
    assertThatThrownBy(() -> RejectionFile.continuing(directory.resolve("none")))
        .hasMessageEndingWith(
            "none does not exist. Name the file that the run before has written.");
  }

  @Test
  void half_a_surrogate_pair_is_kept_in_json_lines() throws IOException {
    Path path = directory.resolve("rejections.jsonl");
    try (RejectionFile file = RejectionFile.jsonLines(path)) {
      file.rejected(Rejection.ofProfile("a\uD83D \uD83D\uDE00 \uDE00", null, Reason.NO_IDENTIFIER));
    }

    assertThat(new ObjectMapper().readTree(path.toFile()).path("customer_id").textValue())
        .isEqualTo("a\uD83D \uD83D\uDE00 \uDE00");
  }

  @Test
  void closing_twice_is_harmless_and_nothing_is_written_after() throws IOException {
    Path path = directory.resolve("rejections.csv");
    RejectionFile file = RejectionFile.csv(path);

    file.close();
    file.close();
    file.rejected(BY_KLAVIYO);
    file.progressed(PROGRESS);

    assertThat(path).hasContent(ReportText.REJECTIONS_HEADER);
  }

  @Test
  void a_file_that_is_closed_before_its_export_has_ended_says_so_once() throws IOException {
    Path path = directory.resolve("rejections.csv");
    RejectionFile file = RejectionFile.csv(path);
    file.close();

    try (LogLines log = new LogLines()) {
      file.rejected(BY_KLAVIYO);
      file.rejected(BY_KLAVIYO);
      file.progressed(PROGRESS);

      assertThat(log.lines())
          .containsExactly(
              "WARNING The file of rejections "
                  + path
                  + " was closed before its export had ended, and is incomplete: close it when the"
                  + " report is there. The export is not affected.");
    }
  }

  private static final class FullDisk extends OutputStream {
    private int attempts;
    private boolean closed;

    @Override
    public void write(int b) throws IOException {
      attempts++;
      throw new IOException("No space left on device");
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
