package io.github.klaviyoexport.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.record.JournalEntry.Began;
import io.github.klaviyoexport.internal.record.JournalEntry.Checkpoint;
import io.github.klaviyoexport.internal.record.JournalEntry.Ended;
import io.github.klaviyoexport.internal.record.JournalEntry.Filled;
import io.github.klaviyoexport.internal.record.JournalEntry.Finished;
import io.github.klaviyoexport.internal.record.JournalEntry.Forgotten;
import io.github.klaviyoexport.internal.record.JournalEntry.InDoubt;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversFound;
import io.github.klaviyoexport.internal.record.JournalEntry.LeaversRemoved;
import io.github.klaviyoexport.internal.record.JournalEntry.Mirrored;
import io.github.klaviyoexport.internal.record.JournalEntry.Refused;
import io.github.klaviyoexport.internal.record.JournalEntry.Resumed;
import io.github.klaviyoexport.internal.record.JournalEntry.Setup;
import io.github.klaviyoexport.internal.record.JournalEntry.Taken;
import io.github.klaviyoexport.internal.report.FieldCountData;
import io.github.klaviyoexport.internal.row.FieldUse;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JournalLinesTest {
  private static final Instant AT = Instant.parse("2026-09-01T08:00:00.123456789Z");
  private static final Rejection OF_FIELD =
      Rejection.ofField("c-\ud83d", "Téléphone", Reason.PHONE_MALFORMED).withCode("invalid");
  private static final Rejection OF_TYPE =
      Rejection.ofField("c-1", "LTV", Reason.UNSUPPORTED_TYPE).withType("com.example.Money");
  private static final Rejection SHARED =
      Rejection.ofField("c-2", "Phone", Reason.SHARED_WITH_ANOTHER).withOtherCustomer("c-\ud83d");
  private static final Rejection OF_NOBODY =
      Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO);

  private static final Began BEGAN =
      new Began(
          "1f-2e",
          new Setup("vip", "Y6nRLr", "a", "m", SyncMode.UPSERT),
          AT,
          Long.MIN_VALUE,
          -1,
          false);

  static Stream<JournalEntry> entries() {
    return Stream.of(
        BEGAN,
        new Began(
            "1f-2e",
            new Setup("vip", "Y6nRLr", "a", "m", SyncMode.MIRROR),
            AT,
            1,
            Long.MAX_VALUE,
            true),
        new Resumed(AT),
        new Filled(
            7,
            AT,
            new byte[] {0, -1, 127, -128},
            new Checkpoint(
                "p-9",
                4_000_000_000L,
                1,
                2,
                3,
                Map.of(Reason.EMAIL_MALFORMED, 2L, Reason.PHONE_MALFORMED, 5_000_000_000L),
                List.of(OF_FIELD, OF_NOBODY))),
        new Filled(
            8,
            AT,
            new byte[] {1},
            new Checkpoint(
                "p-9",
                4,
                1,
                2,
                3,
                Map.of(Reason.UNSUPPORTED_TYPE, 3L, Reason.NO_IDENTIFIER, 2L),
                List.of(OF_TYPE),
                List.of(
                    new FieldCountData(
                        "LTV", Scope.FIELD, Reason.UNSUPPORTED_TYPE, "com.example.Money", 3),
                    new FieldCountData(null, Scope.PROFILE, Reason.NO_IDENTIFIER, null, 2)),
                Map.of(
                    "LTV", new FieldUse.Figures(true, 4_000_000_000L, 3),
                    "City", new FieldUse.Figures(false, 0, 0)),
                true,
                5_000_000_001L)),
        new Filled(0, AT, new byte[0], new Checkpoint(null, 0, 0, 0, 0, Map.of(), List.of())),
        new InDoubt(10_000),
        new Taken(3, new int[] {0, 1, 2, 5, 7, 8}, "job-1", AT, AT.plusMillis(1)),
        new Taken(3, new int[] {9}, "job-2", null, AT),
        new Taken(0, IntStream.range(0, 10_000).toArray(), "job-3", AT, null),
        new Refused(3, 9_999, OF_FIELD),
        new Refused(3, 0, SHARED),
        new Ended("job-1", JobStatus.COMPLETE, 9_998, 2, List.of(OF_NOBODY, OF_FIELD), AT),
        new Ended("job-2", JobStatus.LOST, 0, 0, List.of(), null),
        new LeaversFound(4_000_000_000L),
        new LeaversRemoved(1_000),
        new Mirrored("vip \u2603", AT, false),
        new Mirrored("vip", AT, true),
        new Forgotten(BEGAN, AT.plusMillis(1), List.of(10_000, 3)),
        new Finished());
  }

  @ParameterizedTest
  @MethodSource("entries")
  void an_entry_is_read_as_it_was_written(JournalEntry entry) throws IOException {
    JournalEntry read = JournalLines.read(JournalLines.write(entry));

    assertThat(read).usingRecursiveComparison().isEqualTo(entry);
  }

  @Test
  void a_run_that_says_nothing_of_its_mode_is_of_before_there_was_a_choice() throws IOException {
    Began began =
        new Began("1f-2e", new Setup("vip", "Y6nRLr", "a", "m", SyncMode.UPSERT), AT, 1, 2, false);
    String before = JournalLines.write(began).replace("\"mode\":\"UPSERT\",", "");

    assertThat(before).doesNotContain("mode");
    assertThat(JournalLines.read(before)).isEqualTo(began);
  }

  @Test
  void jobs_of_versions_that_did_not_keep_their_times_are_read() throws IOException {
    assertThat(
            JournalLines.read(
                "{\"entry\":\"taken\",\"batch\":0,\"job\":\"job-1\",\"created\":\"2026-09-01T08:00:00Z\","
                    + "\"rows\":[0,1]}"))
        .usingRecursiveComparison()
        .isEqualTo(
            new Taken(0, new int[] {0, 1}, "job-1", Instant.parse("2026-09-01T08:00:00Z"), null));
    assertThat(
            JournalLines.read(
                "{\"entry\":\"ended\",\"job\":\"job-1\",\"status\":\"COMPLETE\",\"accepted\":2,"
                    + "\"rejected\":0,\"rejections\":[]}"))
        .isEqualTo(new Ended("job-1", JobStatus.COMPLETE, 2, 0, List.of(), null));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void an_entry_is_one_line_of_plain_ascii(JournalEntry entry) {
    String line = JournalLines.write(entry);

    assertThat(line).isNotEmpty();
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(line)).isTrue();
    assertThat(line.chars()).allMatch(c -> c >= ' ');
  }

  @Test
  void entries_are_written_as_ever_with_what_is_not_known_as_null() {
    Checkpoint nothing = new Checkpoint(null, 0, 0, 0, 0, Map.of(), List.of());
    Rejection ofNobody = Rejection.ofProfile(null, null, Reason.FAILED_IN_KLAVIYO);

    assertThat(JournalLines.write(new Filled(0, AT, new byte[3], nothing)))
        .isEqualTo(
            "{\"entry\":\"filled\",\"batch\":0,\"at\":\""
                + AT
                + "\",\"checkpoint\":{\"position\":null,\"read\":0,\"duplicates\":0,\"rejected\":0,"
                + "\"fields\":0,\"reasons\":{},\"rejections\":[]},\"keys\":\"AAAA\"}");
    assertThat(JournalLines.write(new Refused(1, 2, ofNobody)))
        .isEqualTo(
            "{\"entry\":\"refused\",\"batch\":1,\"row\":2,\"rejection\":{\"customer\":null,"
                + "\"scope\":\"PROFILE\",\"field\":null,\"reason\":\"FAILED_IN_KLAVIYO\",\"code\":null}}");
    assertThat(JournalLines.write(new Ended("job-1", JobStatus.LOST, 3, 4, List.of(), null)))
        .isEqualTo(
            "{\"entry\":\"ended\",\"job\":\"job-1\",\"status\":\"LOST\",\"accepted\":3,"
                + "\"rejected\":4,\"rejections\":[]}");
  }

  @Test
  void a_whole_batch_is_written_as_its_first_and_last_row() {
    assertThat(
            JournalLines.write(new Taken(0, IntStream.range(0, 10_000).toArray(), "job", null, AT)))
        .contains("\"rows\":[0,9999]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON of ada@shop.example",
        "[]",
        "{}",
        "{'entry':5}",
        "{'entry':'ada@shop.example'}",
        "{'entry':'resumed'}",
        "{'entry':'resumed','at':'ada@shop.example'}",
        "{'entry':'in doubt'}",
        "{'entry':'in doubt','profiles':-1}",
        "{'entry':'in doubt','profiles':1.5}",
        "{'entry':'in doubt','profiles':'1'}",
        "{'entry':'in doubt','profiles':2147483648}",
        "{'entry':'in doubt','profiles':9223372036854775808}",
        "{'entry':'taken','batch':0,'rows':[0,0]}",
        "{'entry':'taken','batch':0,'rows':[0],'job':'j'}",
        "{'entry':'taken','batch':0,'rows':[1,0],'job':'j'}",
        "{'entry':'taken','batch':0,'rows':[0,10000],'job':'j'}",
        "{'entry':'taken','batch':0,'rows':[0,9999,0,0],'job':'j'}",
        "{'entry':'taken','batch':0,'rows':[0,0],'job':'j','created':'yesterday'}",
        "{'entry':'filled','batch':0,'at':'2026-09-01T08:00:00Z','keys':'~'}",
        "{'entry':'filled','batch':0,'at':'2026-09-01T08:00:00Z','keys':''}",
        "{'entry':'refused','batch':0,'row':0,'rejection':{'scope':'PROFILE'}}",
        "{'entry':'refused','batch':0,'row':0,"
            + "'rejection':{'scope':'PROFILE','reason':'NEWER_REASON'}}",
        "{'entry':'ended','job':'j','status':'NEWER','accepted':0,'rejected':0,'rejections':[]}",
      })
  void an_entry_that_is_not_understood_is_refused_and_not_quoted(String text) {
    assertThatThrownBy(() -> JournalLines.read(text.replace('\'', '"')))
        .isInstanceOf(IOException.class)
        .hasNoCause()
        .hasMessage(
            "The journal holds an entry that this version cannot read: resume with the version"
                + " that wrote it, or start the export over.");
  }
}
