package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.internal.api.UsageErrors;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on an {@link ExportReport}: whether all of it is confirmed, and its counts. */
public final class ExportReportAssert extends AbstractAssert<ExportReportAssert, ExportReport> {
  private @Nullable FakeKlaviyo account;

  ExportReportAssert(ExportReport actual) {
    super(actual, ExportReportAssert.class);
  }

  /** Makes the failures that follow tell what had reached this account. */
  public ExportReportAssert exportedTo(FakeKlaviyo klaviyo) {
    account = klaviyo;
    return this;
  }

  private Privacy privacy() {
    return account == null ? Privacy.byDefault() : Privacy.of(account.showsValues());
  }

  private String customer(String id) {
    return "customer " + privacy().id(id);
  }

  private String rejection(Rejection rejection) {
    String id = rejection.customerId();
    boolean hidden = id != null && !privacy().id(id).equals(CustomerProfile.idAsText(id));
    return rejection + (hidden ? ", customer id " + id : "");
  }

  /**
   * Verifies that all is well, see {@link ExportReport#isClean()}: nothing stopped, nothing is
   * unconfirmed or rejected, no mapped field is missing, all leavers have left, and the list, where
   * it was read back, is as it should be.
   */
  public ExportReportAssert isClean() {
    isNotNull();
    Difference difference = new Difference();
    addStop(difference);
    difference.add("profile unconfirmed", "profiles unconfirmed", actual.profiles().unconfirmed());
    difference.add("profile rejected", "profiles rejected", actual.profiles().rejected());
    difference.add("field left out", "fields left out", actual.rejections().fields());
    difference.add("named in the report", actual.rejections().first(), this::rejection);
    difference.add(
        "mapped field that no profile had",
        "mapped fields that no profile had",
        actual.notices().missingFields(),
        field -> field);
    difference.add(
        "leaver not removed",
        "leavers not removed",
        actual.leavers().found() - actual.leavers().removed());
    difference.add("member undecided", "members undecided", actual.leavers().undecided());
    if (actual.leavers().kept() != null) {
      difference.add("reason to keep leavers", List.of(actual.leavers().kept()), Objects::toString);
    }
    addVerification(difference);
    if (difference.isEmpty() && !actual.isClean()) {
      difference.add("the report is not clean");
    }
    return verify("All should be well.", difference);
  }

  private void addStop(Difference difference) {
    if (actual.stopReason() != null) {
      difference.add("stopped", List.of(actual.stopReason()), Objects::toString);
    }
  }

  /** Adds how the list differs from the segment where it was read back. */
  private void addVerification(Difference difference) {
    ListVerification list = actual.verification();
    if (list == null) {
      return;
    }
    difference.add("customer missing in the list", "customers missing in the list", list.missing());
    if (actual.mode() == SyncMode.MIRROR) {
      String members = " of the list that may be in the segment or not";
      difference.add(
          "unexpected member of the list", "unexpected members of the list", list.unexpected());
      difference.add("member" + members, "members" + members, list.undecided());
    }
  }

  /**
   * Verifies that the export came to its end. One that stopped may still be {@linkplain
   * #isConfirmed() confirmed}: what it had sent by then.
   */
  public ExportReportAssert hasNotStopped() {
    isNotNull();
    Difference difference = new Difference();
    addStop(difference);
    return verify("The export should have come to its end.", difference);
  }

  /**
   * Verifies that Klaviyo has confirmed every profile that was read and not rejected. That says
   * nothing of those that were not read: an export that stopped half way is confirmed, too, if all
   * that it sent is. {@link #hasNotStopped()} verifies that it did not, and {@link #isClean()} that
   * nothing was rejected either.
   */
  public ExportReportAssert isConfirmed() {
    isNotNull();
    Difference difference = new Difference();
    difference.add("never sent", actual.profiles().unsent());
    difference.add(
        "sent, and not known to be imported",
        actual.profiles().unconfirmed() - actual.profiles().unsent());
    difference.add(
        "customer named in the report",
        "customers named in the report",
        actual.unconfirmedCustomers(),
        this::customer);
    return verify("Every profile should be confirmed.", difference);
  }

  /** Verifies that nothing was set aside, no profile and no field. */
  public ExportReportAssert hasNoRejections() {
    isNotNull();
    Difference difference = new Difference();
    difference.add("profile rejected", "profiles rejected", actual.profiles().rejected());
    difference.add("field left out", "fields left out", actual.rejections().fields());
    difference.add("named in the report", actual.rejections().first(), this::rejection);
    return verify("Nothing should be rejected.", difference);
  }

  /**
   * Verifies that the customer's profile, or a field of it, was set aside for this reason. It looks
   * at the rejections that the report {@linkplain ExportReport.Rejections#first() keeps}.
   */
  public ExportReportAssert hasRejection(String customerId, Reason reason) {
    isNotNull();
    boolean there =
        actual.rejections().first().stream()
            .anyMatch(it -> customerId.equals(it.customerId()) && it.reason() == reason);
    Difference difference = new Difference();
    if (!there) {
      difference.add("named in the report", actual.rejections().first(), this::rejection);
    }
    return there
        ? this
        : fail(
            "Customer " + privacy().id(customerId) + " should be rejected for " + reason + ".",
            difference);
  }

  /** Verifies that so many profiles were read from the source. */
  public ExportReportAssert hasRead(long profiles) {
    isNotNull();
    return count("read", profiles, actual.profiles().read());
  }

  /** Verifies that Klaviyo has confirmed so many profiles. */
  public ExportReportAssert hasAccepted(long profiles) {
    isNotNull();
    return count("accepted", profiles, actual.profiles().accepted());
  }

  /**
   * Verifies that so many profiles were not sent, because they are what Klaviyo has confirmed
   * before.
   */
  public ExportReportAssert hasUnchanged(long profiles) {
    isNotNull();
    return count("unchanged", profiles, actual.profiles().unchanged());
  }

  /** Verifies that so many profiles were set aside, here or by Klaviyo. */
  public ExportReportAssert hasRejected(long profiles) {
    isNotNull();
    return count("rejected", profiles, actual.profiles().rejected());
  }

  /**
   * Verifies that so many profiles were left out because their identifier stood in the segment
   * before.
   */
  public ExportReportAssert hasDuplicates(long profiles) {
    isNotNull();
    return count("duplicates", profiles, actual.profiles().duplicates());
  }

  /** Verifies of how many profiles it is not known that Klaviyo has imported them. */
  public ExportReportAssert hasUnconfirmed(long profiles) {
    isNotNull();
    return count("unconfirmed", profiles, actual.profiles().unconfirmed());
  }

  private ExportReportAssert count(String name, long expected, long found) {
    UsageErrors.notNegative("The number of profiles", expected);
    Difference difference = new Difference();
    difference.add("too few", expected - found);
    difference.add("too many", found - expected);
    return verify(
        "The report should have "
            + name
            + " "
            + InWords.number(expected)
            + ", not "
            + InWords.number(found)
            + ".",
        difference);
  }

  private ExportReportAssert verify(String expected, Difference difference) {
    return difference.isEmpty() ? this : fail(expected, difference);
  }

  private ExportReportAssert fail(String expected, Difference difference) {
    throw failure(
        "%s",
        (expected + difference)
            + ("\nThe report: " + actual)
            + (account == null ? "" : "\n" + account.timeline()));
  }
}
