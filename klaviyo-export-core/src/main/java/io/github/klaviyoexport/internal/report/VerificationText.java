package io.github.klaviyoexport.internal.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ListVerification;
import io.github.klaviyoexport.internal.json.IndentedJson;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.InWords;

/** The forms in which a verification leaves the program: for people, and as JSON. */
public final class VerificationText {
  private VerificationText() {}

  /** Returns a verification in a few lines. */
  public static String summary(ListVerification verification) {
    return "List "
        + verification.list()
        + " and segment "
        + verification.segment()
        + ", "
        + InWords.duration(verification.took())
        + "\n  "
        + counts(verification)
        + "\n  "
        + InWords.count(
            verification.rejected(), "customer cannot be a member", "customers cannot be members")
        + "; nothing was changed, "
        + InWords.count(verification.traffic().calls(), "call");
  }

  /** Returns the figures in a clause. */
  static String counts(ListVerification verification) {
    String counts =
        InWords.count(verification.customers(), "customer")
            + ", "
            + InWords.count(verification.members(), "member")
            + ": ";
    if (!verification.isWhole()) {
      return counts
          + InWords.number(verification.missing())
          + " missing; who else is in the list is not told, because the source gives a part of the segment only";
    }
    if (verification.isEqual()) {
      return counts + "the list is the segment";
    }
    counts +=
        InWords.number(verification.missing())
            + " missing, "
            + InWords.number(verification.unexpected())
            + " unexpected";
    return verification.undecided() == 0
        ? counts
        : counts
            + ", "
            + InWords.number(verification.undecided())
            + " undecided, because customers have an email address or phone number that cannot be"
            + " read";
  }

  /** Returns a verification as one JSON object. */
  public static String json(ListVerification verification) {
    return IndentedJson.write(node(verification));
  }

  /** Returns a verification as a node of JSON. */
  static ObjectNode node(ListVerification verification) {
    ObjectNode node = IndentedJson.object();
    node.put("segment", verification.segment().name());
    node.put("list", verification.list().value());
    node.put("started_at", verification.startedAt().toString());
    node.put("took_ms", verification.took().toMillis());
    node.put("customers", verification.customers());
    node.put("rejected", verification.rejected());
    node.put("members", verification.members());
    node.put("whole", verification.isWhole());
    node.put("missing", verification.missing());
    node.put("unexpected", verification.unexpected());
    node.put("undecided", verification.undecided());
    node.put("equal", verification.isEqual());
    ArrayNode missing = node.putArray("missing_customers");
    verification.missingCustomers().forEach(customer -> missing.add(EmailShape.shown(customer)));
    verification.unexpectedMembers().forEach(node.putArray("unexpected_members")::add);
    verification.undecidedMembers().forEach(node.putArray("undecided_members")::add);
    node.put("calls", verification.traffic().calls());
    node.put("bytes_sent", verification.traffic().bytesSent());
    node.put("rate_limited", verification.traffic().rateLimited());
    node.put("paced_ms", verification.traffic().paced().toMillis());
    node.put("longest_retry_after_ms", verification.traffic().longestRetryAfter().toMillis());
    return node;
  }
}
