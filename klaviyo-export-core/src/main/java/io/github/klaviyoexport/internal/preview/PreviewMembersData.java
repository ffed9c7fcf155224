package io.github.klaviyoexport.internal.preview;

import io.github.klaviyoexport.ExportPreview;
import java.util.OptionalLong;

/** What a segment means for a list's members, as a value. */
public record PreviewMembersData(
    boolean isKnown,
    boolean isWhole,
    long members,
    OptionalLong additions,
    OptionalLong updates,
    long others,
    OptionalLong known,
    long newProfilesAtMost)
    implements ExportPreview.Members {}
