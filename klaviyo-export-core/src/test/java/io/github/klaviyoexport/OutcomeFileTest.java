package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.Outcome.Why;
import io.github.klaviyoexport.internal.files.ListenerFile;
import io.github.klaviyoexport.internal.report.OutcomeData;
import io.github.klaviyoexport.internal.report.OutcomeLines.Form;
import io.github.klaviyoexport.internal.report.ProgressData;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.testing.LogLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeFileTest {
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final Outcome ACCEPTED = OutcomeData.accepted("c-1", LIST, "job-7", List.of());
  private static final Outcome WITHOUT_FIELDS =
      OutcomeData.accepted(
          "c-2",
          LIST,
          "job-7",
          List.of(
              Rejection.ofField("c-2", "Phone, \"home\"", Reason.PHONE_MALFORMED),
              Rejection.ofField("c-2", "LTV", Reason.UNSUPPORTED_TYPE).withType("java.net.URL")));
  private static final Outcome SHARED =
      OutcomeData.rejected(
          "c-3",
          LIST,
          null,
          Rejection.ofProfile("c-3", "Phone", Reason.SHARED_WITH_ANOTHER).withOtherCustomer("c-1"),
          List.of());
  private static final Outcome FAILED =
      OutcomeData.rejected(
          "c-4",
          LIST,
          "job-7",
          Rejection.ofProfile("c-4", null, Reason.FAILED_IN_KLAVIYO).withCode("internal"),
          List.of());
  private static final Outcome INVALID =
      OutcomeData.rejected(
          "c-5",
          LIST,
          "job-7",
          Rejection.ofProfile("c-5", null, Reason.FAILED_IN_KLAVIYO).withCode("invalid"),
          List.of());
  private static final Outcome DUPLICATE = OutcomeData.duplicate("c-6", LIST, "c-1");
  private static final Outcome UNCHANGED = OutcomeData.unchanged("c-7", LIST, List.of());
  private static final Outcome OPEN =
      OutcomeData.unconfirmed("c-8", LIST, "job-8", Why.JOB_RUNNING);
  private static final Outcome UNSENT = OutcomeData.unconfirmed("c-9", LIST, null, Why.UNSENT);
  private static final Outcome LEFT = OutcomeData.left("01GDDKASAP8TKDDA2GRZDSVP4H", LIST);
  private static final Outcome KEPT =
      OutcomeData.kept("01GDDKASAP8TKDDA2GRZDSVP4J", LIST, Why.STOPPED);

  private static final List<Outcome> ALL =
      List.of(
          ACCEPTED,
          WITHOUT_FIELDS,
          SHARED,
          FAILED,
          INVALID,
          DUPLICATE,
          UNCHANGED,
          OPEN,
          UNSENT,
          LEFT,
          KEPT);

  @TempDir Path directory;

  private Path path() {
    return directory.resolve("outcomes");
  }

  private static OutcomeFile file(Path path, Form form) throws IOException {
    return switch (form) {
      case JSON_LINES -> OutcomeFile.jsonLines(path);
      case CSV -> OutcomeFile.csv(path);
      case SPREADSHEET -> OutcomeFile.csvForSpreadsheets(path);
    };
  }

  private static void write(OutcomeFile open, List<Outcome> outcomes) throws IOException {
    try (OutcomeFile file = open) {
      outcomes.forEach(file::outcome);
    }
  }

  private List<Outcome> read() throws IOException {
    List<Outcome> read = new ArrayList<>();
    OutcomeFile.read(path(), read::add);
    return read;
  }

  @Test
  void json_lines_have_an_object_for_each_outcome() throws IOException {
    write(OutcomeFile.jsonLines(path()), List.of(ACCEPTED, WITHOUT_FIELDS, SHARED, OPEN));

    assertThat(path())
        .hasContent(
            """
            {"id":"c-1","list":"Y6nRLr","outcome":"ACCEPTED","job":"job-7"}
            {"id":"c-2","list":"Y6nRLr","outcome":"ACCEPTED","job":"job-7","fields_left_out":[{"field":"Phone, \\"home\\"","reason":"PHONE_MALFORMED"},{"field":"LTV","reason":"UNSUPPORTED_TYPE","type":"java.net.URL"}]}
            {"id":"c-3","list":"Y6nRLr","outcome":"REJECTED","field":"Phone","reason":"SHARED_WITH_ANOTHER","shared_with":"c-1"}
            {"id":"c-8","list":"Y6nRLr","outcome":"UNCONFIRMED","job":"job-8","why":"JOB_RUNNING"}
            """);
  }

  @Test
  void csv_has_a_header_and_a_line_for_each_outcome() throws IOException {
    write(OutcomeFile.csv(path()), List.of(ACCEPTED, SHARED, FAILED, DUPLICATE, KEPT));

    assertThat(Files.readString(path()))
        .isEqualTo(
            """
            id,list,outcome,job,why,duplicate_of,field,reason,code,type,shared_with,fields_left_out\r
            c-1,Y6nRLr,ACCEPTED,job-7,,,,,,,,\r
            c-3,Y6nRLr,REJECTED,,,,Phone,SHARED_WITH_ANOTHER,,,c-1,\r
            c-4,Y6nRLr,REJECTED,job-7,,,,FAILED_IN_KLAVIYO,internal,,,\r
            c-6,Y6nRLr,DUPLICATE,,,c-1,,,,,,\r
            01GDDKASAP8TKDDA2GRZDSVP4J,Y6nRLr,KEPT,,STOPPED,,,,,,,\r
            """);
  }

  @ParameterizedTest
  @EnumSource(value = Form.class, names = "SPREADSHEET", mode = Mode.EXCLUDE)
  void what_was_written_is_read_as_the_same(Form form) throws IOException {
    write(file(path(), form), ALL);

    assertThat(read()).isEqualTo(ALL);
  }

  @ParameterizedTest
  @EnumSource(value = Form.class, names = "SPREADSHEET", mode = Mode.EXCLUDE)
  void every_id_is_read_back_byte_for_byte(Form form) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    outcomes.add(OutcomeData.duplicate("", LIST, ""));
    Random random = new Random(4180);
    String signs = "-=+@'\"\"\\\t\r\n ,;a1\u00A0\uFEFF\u00E9\u6F22\u0000\u007F/";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder id = new StringBuilder();
      for (int length = 1 + random.nextInt(6); length > 0; length--) {
        int at = random.nextInt(signs.length() + 1);
        id.append(at == signs.length() ? "\uD83D\uDE00" : signs.substring(at, at + 1));
      }
      outcomes.add(OutcomeData.accepted(id.toString(), LIST, "job", List.of()));
    }
    write(file(path(), form), outcomes);

    assertThat(read()).isEqualTo(outcomes);
  }

  @Test
  void half_a_surrogate_pair_is_kept_in_json_lines() throws IOException {
    Outcome half = OutcomeData.duplicate("c-\uD83D", LIST, "\uDE00 x");
    write(OutcomeFile.jsonLines(path()), List.of(half));

    assertThat(read()).containsExactly(half);
  }

  @Test
  void csv_for_spreadsheets_holds_no_formula_and_is_not_read_back() throws IOException {
    write(
        OutcomeFile.csvForSpreadsheets(path()),
        List.of(OutcomeData.accepted("-NqXyz12", LIST, "=1", List.of())));

    assertThat(Files.readString(path()))
        .startsWith("shown_id,list,outcome,")
        .endsWith("\r\n'-NqXyz12,Y6nRLr,ACCEPTED,'=1,,,,,,,,\r\n");
    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.unresolved(path()))
        .withMessage(
            "The file "
                + path()
                + " is for spreadsheets, and ids in it may differ from the source's: read one that"
                + " jsonLines(...) or csv(...) has written.");

    write(
        OutcomeFile.continuing(path()), List.of(OutcomeData.accepted(" =2", LIST, "j", List.of())));
    assertThat(Files.readString(path())).endsWith("\r\n' =2,Y6nRLr,ACCEPTED,j,,,,,,,,\r\n");
  }

  @ParameterizedTest
  @EnumSource(value = Form.class, names = "SPREADSHEET", mode = Mode.EXCLUDE)
  void cut_off_anywhere_a_file_is_read_and_written_on_without_its_torn_line(Form form)
      throws IOException {
    // A line may have a byte behind its beginning that is the end of a line in Latin-1.
    Outcome awkward = OutcomeData.accepted("two\nlines, \"quoted\"", LIST, "job-х", List.of());
    write(file(path(), form), List.of(awkward, WITHOUT_FIELDS, awkward));
    byte[] whole = Files.readAllBytes(path());
    int header = form.header().length();

    for (int length = header; length < whole.length; length++) {
      Files.write(path(), Arrays.copyOf(whole, length));
      List<Outcome> before = read();
      assertThat(before).as("cut off after %d bytes", length).hasSizeLessThan(3);
      if (length % 9 == 0) {
        write(OutcomeFile.continuing(path()), List.of(DUPLICATE));

        List<Outcome> expected = new ArrayList<>(before);
        expected.add(DUPLICATE);
        assertThat(read()).as("cut off after %d bytes", length).isEqualTo(expected);
      }
    }
    Files.write(path(), whole);
    assertThat(read()).hasSize(3);
  }

  @Test
  void who_is_to_be_sent_again_is_unconfirmed_or_failed_for_a_reason_that_may_pass()
      throws IOException {
    Outcome failing =
        OutcomeData.rejected(
            "c-10", LIST, null, Rejection.ofProfile("c-10", null, Reason.FAILS_KLAVIYO), List.of());
    write(OutcomeFile.csv(path()), ALL);
    write(OutcomeFile.continuing(path()), List.of(failing));

    assertThat(OutcomeFile.unresolved(path())).containsExactly("c-4", "c-8", "c-9", "c-10");
    assertThat(OutcomeFile.customers(path(), it -> it.kind() == Kind.REJECTED || it.isUnresolved()))
        .containsExactly("c-3", "c-4", "c-5", "c-8", "c-9", "c-10");
  }

  @Test
  void the_last_line_of_a_customer_holds_unless_it_is_a_duplicates() throws IOException {
    write(
        OutcomeFile.jsonLines(path()),
        List.of(
            OPEN,
            UNSENT,
            OutcomeData.accepted("c-8", LIST, "job-8", List.of()),
            OutcomeData.duplicate("c-9", LIST, "c-1"),
            OutcomeData.left("c-9", LIST)));

    assertThat(OutcomeFile.unresolved(path())).containsExactly("c-9");
  }

  @Test
  void the_last_line_of_a_customer_holds_for_its_list_and_no_other() throws IOException {
    ListId other = ListId.of("VT2XzN");
    write(
        OutcomeFile.jsonLines(path()),
        List.of(
            OPEN,
            OutcomeData.accepted("c-8", other, "job-9", List.of()),
            OutcomeData.accepted("c-9", LIST, "job-7", List.of()),
            OutcomeData.unconfirmed("c-9", other, null, Why.UNSENT),
            OutcomeData.unconfirmed("c-10", other, "job-9", Why.JOB_RUNNING),
            OutcomeData.accepted("c-10", other, "job-9", List.of())));

    assertThat(OutcomeFile.unresolved(path())).containsExactly("c-8", "c-9");
  }

  @Test
  void what_was_told_is_in_the_file_when_the_export_moves_on_also_on_an_interrupted_thread()
      throws IOException {
    try (OutcomeFile file = OutcomeFile.jsonLines(path())) {
      file.outcome(ACCEPTED);
      Thread.currentThread().interrupt();
      file.outcomesTold();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read()).containsExactly(ACCEPTED);
      file.outcome(OPEN);
      file.progressed(ProgressData.NONE);
      assertThat(read()).containsExactly(ACCEPTED, OPEN);
    }
  }

  @Test
  void only_the_owner_may_read_it_whatever_stood_there_before() throws IOException {
    assumeTrue(path().getFileSystem().supportedFileAttributeViews().contains("posix"));
    Files.writeString(path(), "an older file");
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw-rw-"));

    OutcomeFile.jsonLines(path()).close();

    assertThat(path()).isEmptyFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
  }

  @Test
  void a_link_is_replaced_and_never_written_through() throws IOException {
    Path other = Files.writeString(directory.resolve("other.txt"), "precious");
    assumeTrue(path().getFileSystem().supportedFileAttributeViews().contains("posix"));
    Files.createSymbolicLink(path(), other);

    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.continuing(path()))
        .withMessageStartingWith(
            "The file of outcomes cannot be read: "
                + path()
                + " is a symbolic link, which is not followed");
    OutcomeFile.csv(path()).close();

    assertThat(other).hasContent("precious");
    assertThat(path()).isRegularFile();
  }

  @Test
  void what_holds_no_outcomes_is_neither_read_nor_written_on() throws IOException {
    Files.writeString(path(), "canary@shop.example,x\n");
    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.unresolved(path()))
        .withMessage(
            "The file "
                + path()
                + " holds no outcomes: name a file that jsonLines(...) or csv(...) has written.");
    assertThatIOException().isThrownBy(() -> OutcomeFile.continuing(path()));
    assertThat(path()).hasContent("canary@shop.example,x");

    write(OutcomeFile.jsonLines(path()), List.of(ACCEPTED));
    Files.writeString(
        path(),
        "{\"id\":\"canary\",\"list\":\"Y6nRLr\",\"outcome\":\"VANISHED\"}\n",
        StandardOpenOption.APPEND);
    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.unresolved(path()))
        .withMessage(
            "The file of outcomes "
                + path()
                + " cannot be read: line 2 is no outcome of this version.");
    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.unresolved(directory.resolve("none")))
        .withMessageEndingWith("none does not exist. Name a file that an OutcomeFile has written.");
  }

  @Test
  void a_file_that_is_closed_before_its_export_has_ended_says_so_once() throws IOException {
    OutcomeFile file = OutcomeFile.jsonLines(path());
    file.outcome(ACCEPTED);
    file.close();

    try (LogLines log = new LogLines()) {
      file.progressed(ProgressData.NONE);
      assertThat(log.lines()).as("nothing is missing yet").isEmpty();
      file.outcome(OPEN);
      file.outcome(UNSENT);
      file.outcomesTold();

      assertThat(log.lines())
          .containsExactly(
              "WARNING The file of outcomes "
                  + path()
                  + " was closed before its export had ended, and is incomplete: close it when the"
                  + " report is there. The export is not affected.");
    }
    assertThat(read()).containsExactly(ACCEPTED);
  }

  @Test
  void a_full_disk_does_not_disturb_the_export_and_nobody_goes_on_in_the_file() throws IOException {
    int[] attempts = new int[1];
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            attempts[0]++;
            throw new IOException("No space left on device");
          }
        };
    Files.writeString(path(), Form.CSV.header());
    OutcomeFile file =
        new OutcomeFile(path(), Form.CSV, new ListenerFile("outcomes", path(), full, () -> {}));

    assertThatCode(
            () -> {
              file.outcome(ACCEPTED);
              file.outcomesTold();
              file.outcome(ACCEPTED);
              file.progressed(ProgressData.NONE);
            })
        .doesNotThrowAnyException();

    assertThat(attempts[0]).isEqualTo(1);
    assertThat(path()).as("also if the process is killed now").doesNotExist();
    assertThatThrownBy(file::close)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The file of outcomes "
                + path()
                + " is incomplete, and called outcomes.incomplete now: make room or mend the disk,"
                + " and export again from the start. The report counts all profiles.");
    assertThat(directory.resolve("outcomes.incomplete")).hasContent(Form.CSV.header());
    assertThatIOException().isThrownBy(() -> OutcomeFile.continuing(path()));
    assertThatIOException().isThrownBy(() -> OutcomeFile.unresolved(path()));
  }

  @Test
  void a_file_that_is_being_written_is_neither_replaced_nor_written_on() throws IOException {
    OutcomeFile first = OutcomeFile.jsonLines(path());
    first.outcome(ACCEPTED);
    String advice =
        "The file "
            + path()
            + " is being written by another export: wait until that has ended and its file is"
            + " closed, or pass another path.";

    assertThatIOException().isThrownBy(() -> OutcomeFile.csv(path())).withMessage(advice);
    assertThatIOException().isThrownBy(() -> OutcomeFile.continuing(path())).withMessage(advice);
    assertThatIOException().isThrownBy(() -> RejectionFile.csv(path())).withMessage(advice);
    first.close();

    assertThat(read()).containsExactly(ACCEPTED);
    write(OutcomeFile.continuing(path()), List.of(OPEN));
    assertThat(read()).containsExactly(ACCEPTED, OPEN);
  }

  @Test
  void a_file_that_another_process_writes_is_neither_replaced_nor_written_on() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writing.class.getName(),
                path().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('w');

      assertThatIOException()
          .isThrownBy(() -> OutcomeFile.jsonLines(path()))
          .withMessageContaining("is being written by another export");
      assertThatIOException()
          .isThrownBy(() -> OutcomeFile.continuing(path()))
          .withMessageContaining("is being written by another export");
    } finally {
      other.destroyForcibly();
    }
    other.waitFor();
    assertThat(read()).containsExactly(ACCEPTED);
    write(OutcomeFile.continuing(path()), List.of(OPEN));
    assertThat(read()).as("the lock has gone with its process").containsExactly(ACCEPTED, OPEN);
  }

  /** A process that writes a file, and does not end. */
  static final class Writing {
    private Writing() {}

    public static void main(String[] args) throws Exception {
      OutcomeFile file = OutcomeFile.jsonLines(Path.of(args[0]));
      file.outcome(ACCEPTED);
      file.outcomesTold();
      System.out.write('w');
      System.out.flush();
      System.in.read();
      file.close();
    }
  }

  @Test
  void a_file_that_was_removed_or_replaced_meanwhile_is_told_on_close() throws IOException {
    String lost =
        "The file of outcomes "
            + path()
            + " was removed or replaced while it was written, and is lost: see what else uses that"
            + " path, and export again from the start. The report counts all profiles.";
    OutcomeFile removed = OutcomeFile.jsonLines(path());
    Files.delete(path());
    assertThatIOException().isThrownBy(removed::close).withMessage(lost);
    removed.close();

    OutcomeFile replaced = OutcomeFile.jsonLines(path());
    Files.move(path(), directory.resolve("rotated"));
    Files.writeString(path(), "another's");
    assertThatIOException().isThrownBy(replaced::close).withMessage(lost);
    assertThat(path()).hasContent("another's");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\n  \"a\": 1\n}",
        "{\"a\":1,\"b\":2}",
        "{\"id\":\"c-1\",\"email\":\"canary@shop.example\"}\n",
        "{\"id\":\"c-1\",\"email\":\"canary@shop.example\"}",
        "{\"customer_id\":\"c-1\",\"scope\":\"PROFILE\"}\n",
        "id,list\n"
      })
  void what_is_no_file_of_outcomes_is_left_as_it_is(String content) throws IOException {
    Files.writeString(path(), content);

    assertThatIOException()
        .isThrownBy(() -> OutcomeFile.continuing(path()))
        .withMessage(
            "The file "
                + path()
                + " holds no outcomes: name the file that the run before has written.");
    assertThat(Files.readString(path())).isEqualTo(content);
  }

  @Test
  void an_outcome_in_words_shows_no_email_address() {
    assertThat(OutcomeData.duplicate("ada@shop.example", LIST, "bob@shop.example"))
        .hasToString("DUPLICATE (an email address, not shown) of (an email address, not shown)");
    assertThat(WITHOUT_FIELDS)
        .hasToString(
            "ACCEPTED c-2 in job job-7; without Phone, \"home\" PHONE_MALFORMED, LTV"
                + " UNSUPPORTED_TYPE");
    assertThat(OPEN).hasToString("UNCONFIRMED c-8 in job job-8: is in a job that had not ended");
  }
}
