package io.github.klaviyoexport.internal.mirror;

import static io.github.klaviyoexport.testing.SmallKlaviyo.MEMBERS;
import static io.github.klaviyoexport.testing.SmallKlaviyo.REMOVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.internal.report.LeaversData;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listing may show a member more than once, and otherwise each time: it is one member. */
class RepeatedMembersTest extends MirrorInLab {
  private final List<String> shown = new ArrayList<>();

  private void givenAListing() {
    lab.klaviyo.on(MEMBERS, asked -> SmallKlaviyo.page(asked, shown));
  }

  private void shows(String id, String email) {
    shown.add(
        "{\"type\":\"profile\",\"id\":\"%s\",\"attributes\":{\"email\":\"%s\"}}"
            .formatted(id, email));
  }

  private void showsMembersOfTheSegment(int count) {
    for (int i = 1; i <= count; i++) {
      shows("member-" + i, Lab.email(i));
    }
  }

  @Test
  void a_member_that_is_shown_again_and_again_does_not_make_the_list_larger() {
    givenAListing();
    for (int i = 0; i < 50; i++) {
      showsMembersOfTheSegment(4);
    }
    for (int i = 1; i <= 4; i++) {
      shows("gone-" + i, "gone." + i + "@shop.example");
    }

    ExportException stopped = Lab.stopped(prepared(Lab.customers(4)));

    assertThat(stopped.reason()).isEqualTo(Reason.TOO_MANY_LEAVERS);
    assertThat(stopped.report().leavers()).isEqualTo(new LeaversData(8, 4, 0, 0, null));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_member_that_is_shown_once_as_a_customer_stays(boolean knownFirst) {
    givenAListing();
    showsMembersOfTheSegment(9);
    shows("both", knownFirst ? Lab.email(10) : "old@shop.example");
    shows("both", knownFirst ? "old@shop.example" : Lab.email(10));

    ExportReport report = mirror(Lab.customers(10));

    assertThat(report.leavers()).isEqualTo(new LeaversData(10, 0, 0, 0, null));
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
  }

  @Test
  void a_leaver_that_is_shown_twice_stays_if_either_address_turns_up_when_the_segment_is_sent() {
    givenAListing();
    showsMembersOfTheSegment(10);
    shows("back", "first@shop.example");
    shows("back", Lab.email(11));
    shows("gone", "gone@shop.example");
    int[] opened = new int[1];

    ExportReport report =
        mirror(segment -> ProfileReader.of(Lab.customers(opened[0]++ == 0 ? 10 : 11)));

    assertThat(report.leavers()).isEqualTo(new LeaversData(12, 1, 1, 0, null));
    assertThat(SmallKlaviyo.ids(lab.klaviyo.asked(REMOVAL).get(0))).containsExactly("gone");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_member_that_is_undecided_once_stays(boolean undecidedFirst) {
    givenAListing();
    showsMembersOfTheSegment(39);
    shows("both", undecidedFirst ? "lee@shop.example" : "old@shop.example");
    shows("both", undecidedFirst ? "old@shop.example" : "lee@shop.example");

    ExportReport report =
        mirror(with(Lab.customers(39), customer("c-x", "lee @ shop example", null, null)));

    assertThat(report.leavers().undecided()).isEqualTo(1);
    assertThat(report.leavers().found()).isZero();
    assertThat(lab.klaviyo.asked(REMOVAL)).isEmpty();
  }
}
