package example.shop.loyalty;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.source.Segment;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** The exports of the loyalty programme. */
@Service
class LoyaltyExports {
  private final SegmentExporter exporter;
  private final ListId list;

  LoyaltyExports(SegmentExporter exporter, @Value("${loyalty.list}") String list) {
    this.exporter = exporter;
    this.list = ListId.of(list);
  }

  ExportReport run(String segment) {
    return exporter.export(Segment.named(segment), list);
  }

  ExportRun start(String segment) {
    return exporter.prepare(Segment.named(segment), list).start();
  }

  /** Goes on with what a stopped process has left, or begins anew. */
  @Scheduled(cron = "${loyalty.nightly}")
  void nightly() {
    exporter.prepare(Segment.named("vip-eu"), list).continueUnfinished().run();
  }
}
