package io.github.klaviyoexport.internal.export;

import static io.github.klaviyoexport.internal.export.Lab.LIST;
import static io.github.klaviyoexport.internal.export.Lab.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Exports that lose profiles or fields, with what they warn of. */
abstract class LossInLab {
  final Lab lab = new Lab();
  final List<String> warnings = new ArrayList<>();

  /** A type that no version knows how to write. */
  static final class Money {}

  static ProfileSource source(int profiles, IntFunction<CustomerProfile> profile) {
    return segment ->
        new ProfileReader() {
          private int next = 1;

          @Override
          public @Nullable CustomerProfile next() {
            return next > profiles ? null : profile.apply(next++);
          }
        };
  }

  static CustomerProfile named(int number, String field) {
    return CustomerProfile.of(Lab.id(number), Map.of(field, Lab.email(number)));
  }

  static CustomerProfile malformed(int number) {
    return CustomerProfile.of(Lab.id(number), Lab.FIELDS, "none", null, "London", 1);
  }

  static CustomerProfile unidentified(int number) {
    return CustomerProfile.of(Lab.id(number), Lab.FIELDS, null, null, "London", 1);
  }

  SegmentExporter.Builder exporter(ProfileSource source) {
    return lab.guarded(source)
        .listener(
            new ExportListener() {
              @Override
              public void warned(String what) {
                warnings.add(what);
              }
            });
  }

  ExportReport export(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      return exporter.export(VIP, LIST);
    }
  }

  ExportException stopped(SegmentExporter.Builder builder) {
    try (SegmentExporter exporter = builder.build()) {
      ExportException stopped = Lab.stopped(exporter.prepare(VIP, LIST));
      ExportReport.Profiles profiles = stopped.report().profiles();
      assertThat(profiles.read())
          .isEqualTo(
              profiles.accepted()
                  + profiles.rejected()
                  + profiles.duplicates()
                  + profiles.unconfirmed());
      assertThat(stopped.report().stopReason()).isEqualTo(stopped.reason());
      assertThat(stopped.report().isClean()).isFalse();
      return stopped;
    }
  }
}
