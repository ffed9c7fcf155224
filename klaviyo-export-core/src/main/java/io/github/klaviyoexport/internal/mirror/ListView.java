package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.Set;
import java.util.function.Consumer;

/** What a look at a list has shown: which customers of the segment are members, and who else is. */
public final class ListView {
  private final MemberMatcher segment;
  private final JudgedMembers judged;
  private final Fingerprint fingerprint;
  private final Consumer<String> takeBack;

  /**
   * Creates the view of a list that is read.
   *
   * @param takeBack takes the id of a member that turns out to be a customer
   */
  ListView(
      MemberMatcher segment,
      JudgedMembers judged,
      Fingerprint fingerprint,
      Consumer<String> takeBack) {
    this.segment = segment;
    this.judged = judged;
    this.fingerprint = fingerprint;
    this.takeBack = takeBack;
  }

  /** Returns whether a member shows an identifier of that customer, of another kind than these. */
  boolean shows(CustomerProfile customer, Set<ProfileField> leftOut) {
    return segment.isShown(customer, leftOut);
  }

  /** Returns whether the profile of that id is a member; if so, it is a customer of the segment. */
  boolean isCustomers(String profile) {
    boolean member = judged.has(fingerprint.of(ProfileField.PROPERTY, profile));
    if (member) {
      takeBack.accept(profile);
    }
    return member;
  }
}
