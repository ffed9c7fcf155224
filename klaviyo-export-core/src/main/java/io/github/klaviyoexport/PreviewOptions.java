package io.github.klaviyoexport;

import java.util.Objects;

/**
 * The options of a {@linkplain SegmentExport#preview(PreviewOptions) preview}: what it looks at
 * that costs more calls.
 *
 * <p>Immutable; every option returns new ones.
 */
public final class PreviewOptions {
  private static final PreviewOptions DEFAULT = new PreviewOptions(false, false);

  private final boolean readsMembers;
  private final boolean looksUpProfiles;

  private PreviewOptions(boolean readsMembers, boolean looksUpProfiles) {
    this.readsMembers = readsMembers;
    this.looksUpProfiles = looksUpProfiles;
  }

  /** Returns the options of a preview that makes the fewest calls. */
  public static PreviewOptions fewestCalls() {
    return DEFAULT;
  }

  /**
   * Has the list's members read, one call for 100 of them, and the segment once more, so that an
   * {@link SyncMode#UPSERT} can tell additions from updates. A {@link SyncMode#MIRROR} reads them
   * in any case.
   */
  public PreviewOptions readMembers() {
    return new PreviewOptions(true, looksUpProfiles);
  }

  /**
   * Has those customers looked up at Klaviyo by their email addresses who are not known to be
   * members, one call for 100 of them, so that fewer profiles are counted as new.
   */
  public PreviewOptions lookUpProfiles() {
    return new PreviewOptions(readsMembers, true);
  }

  /** Returns whether the list's members are read whatever the mode is. */
  public boolean isReadingMembers() {
    return readsMembers;
  }

  /** Returns whether customers are looked up who are not known to be members. */
  public boolean isLookingUpProfiles() {
    return looksUpProfiles;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PreviewOptions options
        && options.readsMembers == readsMembers
        && options.looksUpProfiles == looksUpProfiles;
  }

  @Override
  public int hashCode() {
    return Objects.hash(readsMembers, looksUpProfiles);
  }

  /** Returns what is looked at. */
  @Override
  public String toString() {
    return "PreviewOptions[members read "
        + readsMembers
        + ", profiles looked up "
        + looksUpProfiles
        + "]";
  }
}
