package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Mirrors of a segment in a lab, for tests of what becomes of the members of its list. */
public abstract class MirrorInLab {
  private static final FieldNames FIELDS = FieldNames.of("Email", "Phone", "Key");

  protected final Lab lab = new Lab();

  @AfterEach
  protected void nothing_is_left_of_an_interrupt() {
    Thread.interrupted();
  }

  protected void givenMembersOfTheSegment(int count) {
    for (int i = 1; i <= count; i++) {
      lab.klaviyo.member("member-" + i, "email", Lab.email(i));
    }
  }

  protected static List<CustomerProfile> with(List<CustomerProfile> some, CustomerProfile another) {
    List<CustomerProfile> all = new ArrayList<>(some);
    all.add(another);
    return all;
  }

  protected static CustomerProfile customer(
      String id, @Nullable String email, @Nullable String phone, @Nullable String key) {
    return CustomerProfile.of(id, FIELDS, email, phone, key);
  }

  protected SegmentExporter.Builder builder(ProfileSource source) {
    return lab.exporter(source)
        .mapping(FieldMapping.email("Email").phone("Phone").externalId("Key"))
        .mode(SyncMode.MIRROR);
  }

  protected SegmentExport prepared(List<CustomerProfile> customers) {
    return prepared(segment -> ProfileReader.of(customers));
  }

  protected SegmentExport prepared(ProfileSource source) {
    return builder(source).build().prepare(Lab.VIP, Lab.LIST);
  }

  protected ExportReport mirror(List<CustomerProfile> customers) {
    return mirror(customers, export -> export);
  }

  protected ExportReport mirror(ProfileSource source) {
    return prepared(source).run();
  }

  protected ExportReport mirror(
      List<CustomerProfile> customers, UnaryOperator<SegmentExport> options) {
    return options.apply(prepared(customers)).run();
  }
}
