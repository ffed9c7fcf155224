package io.github.klaviyoexport.internal.upload;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.internal.export.Lab;
import io.github.klaviyoexport.source.ProfileReader;

/** Exports in a lab, for tests of what becomes of their import jobs. */
abstract class JobsInLab {
  final Lab lab = new Lab();

  ExportReport export(int customers, int batchSize) {
    try (SegmentExporter exporter =
        lab.exporter(segment -> ProfileReader.of(Lab.customers(customers)))
            .batchSize(batchSize)
            .build()) {
      return exporter.export(Lab.VIP, Lab.LIST);
    }
  }
}
