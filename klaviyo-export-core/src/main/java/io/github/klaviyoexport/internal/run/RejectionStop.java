package io.github.klaviyoexport.internal.run;

import static java.util.stream.Collectors.joining;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport.FieldCount;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.profile.MappedField;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why an export stops that loses too much of its segment, in words. */
final class RejectionStop {
  private static final int MOST_FIELDS_NAMED = 20;

  private RejectionStop() {}

  /**
   * Returns the cause for an identifier that is mapped from a field that no profile has.
   *
   * @param profiles how many were read
   * @param fields those that the last of them has
   */
  static StopCause fieldMissing(MappedField identifier, long profiles, List<String> fields) {
    String what =
        switch (identifier.target()) {
          case PHONE_NUMBER -> "phone number";
          case EXTERNAL_ID -> "external id";
          default -> "email address";
        };
    List<String> some = fields.subList(0, Math.min(fields.size(), MOST_FIELDS_NAMED));
    return new StopCause(
        Reason.MAPPING_UNFIT,
        "the mapping takes the "
            + what
            + " from the field '"
            + identifier.source()
            + "', and none of the "
            + InWords.count(profiles, "profile")
            + " read has it, so they were not sent. "
            + (some.isEmpty()
                ? "The last one has no fields"
                : NamesToChoose.mayBeValues(fields)
                    ? "Their fields are not named here, since some names look like a customer's"
                        + " values"
                    : "The last one has "
                        + some.stream().map(name -> "'" + name + "'").collect(joining(", "))
                        + (some.size() < fields.size() ? " and more" : ""))
            + ". Correct the mapping or the source; if these customers have no "
            + what
            + ", have the source give them the field without a value",
        null);
  }

  /**
   * Returns the cause for an export that rejects more profiles than it may.
   *
   * @param maxRejected the largest share that it may
   * @param commonest the commonest of the rejections
   * @param words why values could not be read, if that is the reason
   * @param ended whether all has been read and sent
   */
  static StopCause tooManyRejected(
      long rejected,
      long profiles,
      double maxRejected,
      @Nullable FieldCount commonest,
      @Nullable String words,
      boolean ended) {
    return new StopCause(
        Reason.TOO_MANY_REJECTED,
        InWords.number(rejected)
            + (ended ? " of its " : " of the first ")
            + InWords.count(profiles, "profile")
            + (rejected == 1 ? " was" : " were")
            + " rejected, and an export may reject "
            + most(maxRejected)
            + (commonest == null ? "" : "; most often, " + reason(commonest, words))
            + ". "
            + rest(ended)
            + " Check the mapping and the source; if so many are to be set aside, allow it with"
            + " maxRejected("
            + InWords.shareOf(rejected, profiles)
            + ")",
        null);
  }

  /** Returns the cause for an export that leaves out more values of a field than it may. */
  static StopCause tooManyLeftOut(
      long lost,
      long values,
      double maxRejectedFields,
      FieldCount commonest,
      @Nullable String words,
      boolean ended) {
    return new StopCause(
        Reason.TOO_MANY_REJECTED,
        InWords.number(lost)
            + " of the "
            + InWords.count(values, "value")
            + " of a field "
            + (lost == 1 ? "was" : "were")
            + " left out, and an export may leave out "
            + most(maxRejectedFields)
            + "; most often, "
            + reason(commonest, words)
            + ". "
            + rest(ended)
            + " Correct the field or take it out of the mapping; if so many values are to be left"
            + " out, allow it with maxRejectedFields("
            + InWords.shareOf(lost, values)
            + ")",
        null);
  }

  private static String most(double share) {
    return share == 0
        ? "none"
        : "at most " + InWords.percent(BigDecimal.valueOf(share)) + " of them";
  }

  private static String rest(boolean ended) {
    return ended ? "All else has been sent." : "So nothing more was sent.";
  }

  /** Returns what was rejected and why, in a clause: how often, which field, which type. */
  private static String reason(FieldCount count, @Nullable String words) {
    return InWords.count(count.count(), "time")
        + ", "
        + (count.field() == null ? "the profile " : "the field '" + count.field() + "' ")
        + count.reason().advice()
        + (words == null ? "" : "; for example: " + words)
        + " ("
        + count.reason()
        + (count.type() == null ? "" : ", type " + count.type())
        + ")";
  }
}
