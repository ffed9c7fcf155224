package io.github.klaviyoexport.profile;

import java.util.Objects;

/**
 * What stands in place of a value, or of a whole customer, that a source came upon and could not
 * read, with the source's own words for what is wrong.
 *
 * <p>As the value of a field it costs that field, and the profile travels without it; with an
 * {@linkplain CustomerProfile#unreadable(String, Unreadable) unreadable customer} the profile is
 * set aside. Either is a {@link Rejection} for {@link Rejection.Reason#UNREADABLE_IN_SOURCE}, whose
 * code is the reason given here. A mirror keeps in mind that the customer may be any member.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ProfileExamplesTest" region="unreadable"}
 *
 * @param reason what is wrong, in a few words that go on after "could not be read:", such as {@code
 *     no date of the form yyyy-MM-dd}; at most {@value #MAX_REASON} characters are kept. It goes
 *     into reports, so it must not quote the value
 */
public record Unreadable(String reason) {
  /** How many characters of a reason are kept. */
  public static final int MAX_REASON = 200;

  /** Creates a stand-in; a reason that is too long is cut. */
  public Unreadable {
    Objects.requireNonNull(reason, "reason");
    reason = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
  }

  /** Creates a stand-in with the reason for it. */
  public static Unreadable because(String reason) {
    return new Unreadable(reason);
  }
}
