package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import java.util.Set;
import java.util.function.Consumer;

/** A {@link ProfileWriter} that writes one row after the other into the same {@link Row}. */
final class RowWriter {
  private final ProfileWriter writer;
  private final Row row = new Row();

  RowWriter(FieldMapping mapping) {
    this(mapping, new FieldUse());
  }

  RowWriter(FieldMapping mapping, FieldUse use) {
    writer = new ProfileWriter(mapping, use);
  }

  boolean write(CustomerProfile profile, Consumer<Rejection> rejections) {
    boolean written = writer.write(profile, row);
    row.rejections().forEach(rejections);
    return written;
  }

  void leaveOut(Set<ProfileField> kinds) {
    writer.leaveOut(row, kinds);
  }

  byte[] bytes() {
    return row.bytes();
  }

  int length() {
    return row.length();
  }

  ProfileField identifierKind() {
    return row.identifierKind();
  }

  String identifier() {
    return row.identifier();
  }

  boolean isDoubtful() {
    return row.isDoubtful();
  }
}
