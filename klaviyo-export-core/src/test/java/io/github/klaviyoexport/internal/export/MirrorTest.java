package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.testing.SmallKlaviyo.IMPORT;
import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportReport.Leavers.Kept;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.mirror.MirrorInLab;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An export whose list becomes what the segment is, from the first look to the last leaver: when
 * nobody leaves, and what ends it.
 */
class MirrorTest extends MirrorInLab {
  @Test
  void members_who_are_not_in_the_segment_leave_the_list_when_all_is_confirmed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone-1", "email", "gone.1@shop.example");
    lab.klaviyo.member("gone-2", "email", "gone.2@shop.example");

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.mode()).isEqualTo(SyncMode.MIRROR);
    assertThat(report.profiles().accepted()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new LeaversData(12, 2, 2, 0, null));
    assertThat(lab.klaviyo.members()).hasSize(10).doesNotContain("gone-1", "gone-2");
    assertThat(lab.events)
        .containsExactly(
            "started vip Y6nRLr",
            "listRead 12 2",
            "batchSent job-1 10",
            "jobFinished job-1 COMPLETE",
            "leaversRemoved 2",
            "finished");
  }

  @Test
  void progress_tells_of_the_customers_and_members_that_are_read_before_anything_is_sent() {
    List<String> members = new ArrayList<>();
    for (int i = 1; i <= 280; i++) {
      String email = i <= 250 ? Lab.email(i) : "gone." + i + "@shop.example";
      members.add(
          "{\"type\":\"profile\",\"id\":\"m-%d\",\"attributes\":{\"email\":\"%s\"}}"
              .formatted(i, email));
    }
    lab.klaviyo.on(
        MEMBERS,
        asked -> {
          Answer page = SmallKlaviyo.page(asked, members);
          return (exchange, time) -> time.in(Duration.ofMillis(300), () -> page.to(exchange, time));
        });

    mirror(Lab.customers(1_000));

    assertThat(lab.progresses.stream().map(ExportProgress::compared).distinct())
        .startsWith(0L)
        .hasSizeGreaterThan(3)
        .endsWith(1_000L)
        .isSorted();
    assertThat(lab.progresses.stream().map(ExportProgress::members).distinct())
        .containsExactly(0L, 100L, 200L, 280L);
    assertThat(lab.progresses.stream().map(ExportProgress::leavers).distinct())
        .containsExactly(0L, 30L);
    assertThat(lab.progresses.stream().map(ExportProgress::removed).distinct())
        .containsExactly(0L, 30L);
    assertThat(lab.progresses.stream().filter(progress -> progress.members() == 200))
        .allMatch(progress -> progress.read() == 0);
  }

  @Test
  void unless_it_is_asked_for_nobody_leaves_and_no_member_is_looked_at() {
    lab.klaviyo.member("gone", "email", "gone@shop.example");

    ExportReport report = lab.export(Lab.customers(10));

    assertThat(report.mode()).isEqualTo(SyncMode.UPSERT);
    assertThat(report.leavers()).isEqualTo(LeaversData.NONE);
    assertThat(lab.klaviyo.members()).containsExactly("gone");
    assertThat(lab.klaviyo.asked(MEMBERS)).isEmpty();
  }

  @Test
  void nobody_leaves_while_a_profile_is_unconfirmed() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    lab.klaviyo.status(job -> "cancelled");

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.profiles().unconfirmed()).isEqualTo(10);
    assertThat(report.leavers()).isEqualTo(new LeaversData(11, 1, 0, 0, Kept.UNCONFIRMED));
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_source_that_fails_in_either_reading_removes_nobody(int reading) {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> opened[0]++ == reading ? failing(5) : ProfileReader.of(Lab.customers(10));

    ExportException stopped = Lab.stopped(prepared(source));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped)
        .hasMessageContaining("its source failed after 5 profiles (the disk is gone)");
    assertThat(stopped.getMessage().contains("read for leavers then, before anything is sent"))
        .as("tells why none of the 5 counts as read")
        .isEqualTo(reading == 0);
    assertThat(stopped.report().profiles().accepted()).isEqualTo(reading == 0 ? 0 : 5);
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_source_that_cannot_be_opened_again_removes_nobody() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];
    ProfileSource source =
        segment -> {
          if (opened[0]++ > 0) {
            throw new IOException("the disk is gone");
          }
          return ProfileReader.of(Lab.customers(10));
        };

    ExportException stopped = Lab.stopped(prepared(source));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_segment_that_is_empty_when_it_is_read_again_removes_nobody() {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    int[] opened = new int[1];

    ExportException stopped =
        Lab.stopped(
            prepared(
                segment -> ProfileReader.of(opened[0]++ == 0 ? Lab.customers(10) : List.of())));

    assertThat(stopped.reason()).isEqualTo(Reason.EMPTY_SEGMENT);
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
    assertThat(lab.klaviyo.members()).contains("gone");
  }

  @Test
  void a_segment_that_changes_between_the_readings_is_told_and_who_was_in_either_stays() {
    givenMembersOfTheSegment(12);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    List<String> warnings = new ArrayList<>();
    int[] opened = new int[1];
    ProfileSource changing =
        segment ->
            ProfileReader.of(
                opened[0]++ == 0 ? Lab.customers(12) : Lab.customers(12).subList(3, 12));

    ExportReport report = prepared(changing).listener(changesTo(warnings)).run();

    assertThat(report.profiles().accepted()).isEqualTo(9);
    assertThat(lab.klaviyo.members()).hasSize(12).doesNotContain("gone");
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("it had 12 customers when leavers were looked for, and 9 when they were sent");
  }

  @Test
  void a_segment_that_stays_as_it_is_is_not_warned_of() {
    givenMembersOfTheSegment(12);
    List<String> warnings = new ArrayList<>();

    prepared(Lab.customers(12)).listener(changesTo(warnings)).run();

    assertThat(warnings).isEmpty();
  }

  private static ExportListener changesTo(List<String> warnings) {
    return new ExportListener() {
      @Override
      public void warned(String what) {
        if (what.contains("changed")) {
          warnings.add(what);
        }
      }
    };
  }

  @Test
  void a_part_of_a_segment_is_exported_and_never_mirrored() {
    givenMembersOfTheSegment(12);
    ProfileSource part = segment -> partOf(Lab.customers(2));

    ExportException stopped = Lab.stopped(prepared(part));

    assertThat(stopped.reason()).isEqualTo(Reason.SOURCE_FAILED);
    assertThat(stopped)
        .hasMessageContaining("its source gives a part of the segment only")
        .hasMessageContaining("export the part with SyncMode.UPSERT");
    assertThat(lab.klaviyo.asked(IMPORT)).isEmpty();
    assertThat(lab.klaviyo.members()).hasSize(12);
    assertThat(prepared(part).mode(SyncMode.UPSERT).run().profiles().accepted()).isEqualTo(2);
  }

  private static ProfileReader partOf(List<CustomerProfile> customers) {
    ProfileReader reader = ProfileReader.of(customers);
    return new ProfileReader() {
      @Override
      public @Nullable CustomerProfile next() throws IOException {
        return reader.next();
      }

      @Override
      public boolean isWhole() {
        return false;
      }
    };
  }

  @Test
  void both_readers_of_the_segment_are_closed_one_before_the_other_is_opened() {
    givenMembersOfTheSegment(3);
    int[] open = new int[1];
    List<Integer> openAtOpening = new ArrayList<>();
    ProfileSource source =
        segment -> {
          openAtOpening.add(open[0]++);
          ProfileReader reader = ProfileReader.of(Lab.customers(3));
          return new ProfileReader() {
            @Override
            public @Nullable CustomerProfile next() throws IOException {
              return reader.next();
            }

            @Override
            public void close() {
              open[0]--;
            }
          };
        };

    mirror(source);

    assertThat(openAtOpening).containsExactly(0, 0);
    assertThat(open[0]).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {MEMBERS, REMOVAL})
  void cancelling_ends_a_mirror_wherever_it_is(String where) {
    givenMembersOfTheSegment(10);
    lab.klaviyo.member("gone", "email", "gone@shop.example");
    ExportRun[] run = new ExportRun[1];
    lab.klaviyo.on(
        where,
        asked -> {
          run[0].cancel();
          return Answer.json(503, "");
        });
    List<Runnable> background = new ArrayList<>();
    try (SegmentExporter exporter =
        builder(segment -> ProfileReader.of(Lab.customers(10))).executor(background::add).build()) {
      run[0] = exporter.prepare(Lab.VIP, Lab.LIST).start();
      background.get(0).run();
    }

    assertThat(run[0].report().toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(ExportException.class)
        .extracting(stopped -> ((ExportException) stopped).reason())
        .isEqualTo(Reason.CANCELLED);
    assertThat(lab.klaviyo.members()).contains("gone");
    assertThat(lab.time.elapsed()).isLessThan(RunContext.GRACE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void a_share_is_from_0_to_1(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prepared(Lab.customers(1)).maxLeavers(share))
        .withMessageStartingWith("The largest share of leavers must be from 0 to 1")
        .withMessageEndingWith("it is " + share + ".");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prepared(Lab.customers(1)).maxUnreadable(share))
        .withMessageStartingWith("The largest share of customers that cannot be read must be from")
        .withMessageEndingWith("it is " + share + ".");
  }

  private static ProfileReader failing(int after) {
    int[] read = new int[1];
    return () -> {
      if (read[0]++ == after) {
        throw new IOException("the disk is gone");
      }
      return Lab.customer(read[0]);
    };
  }
}
