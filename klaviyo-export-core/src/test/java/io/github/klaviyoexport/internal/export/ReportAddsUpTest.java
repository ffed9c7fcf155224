package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Answer;
import io.github.klaviyoexport.testing.ScriptedKlaviyo.Asked;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The figures of a report add up whatever fails: the journal at any entry, Klaviyo and the source
 * at random.
 */
class ReportAddsUpTest {
  private final Lab lab = new Lab();

  // The journal

  @Test
  void an_export_whose_journal_fails_sends_nothing_more_and_adds_up_whichever_entry_it_was() {
    int entries = 0;
    while (true) {
      Lab lab = new Lab();
      lab.klaviyo.judging(
          rows ->
              rows.stream().anyMatch(row -> Lab.number(row.email()) % 10 == 3)
                  ? SmallKlaviyo.refusing(
                      400,
                      IntStream.range(0, rows.size())
                          .filter(i -> Lab.number(rows.get(i).email()) % 10 == 3),
                      "/attributes/email")
                  : null);
      lab.klaviyo.failing(row -> Lab.number(row.email()) % 10 == 4);
      int failing = ++entries;
      int[] written = {0};
      ExportJournal journal =
          key ->
              new JournalLog() {
                @Override
                public void replay(Consumer<String> line) {}

                @Override
                public void append(String line) throws IOException {
                  if (++written[0] == failing) {
                    throw new IOException("No space left on device");
                  }
                }

                @Override
                public void restart(String line) throws IOException {
                  append(line);
                }

                @Override
                public void close() {}
              };
      try (SegmentExporter exporter =
          lab.exporter(segment -> ProfileReader.of(Lab.customers(100)))
              .batchSize(30)
              .journal(journal)
              .build()) {
        exporter.export(Lab.VIP, Lab.LIST);
        break;
      } catch (ExportException stopped) {
        ExportReport report = stopped.report();
        assertThat(stopped.reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(stopped).message().contains("No space left on device", "mend the journal");
        assertThat(written[0]).as("nothing is written after a failure").isEqualTo(failing);
        assertThat(report.profiles().accepted() + report.profiles().rejected())
            .isLessThanOrEqualTo(100);
        assertThat(report.profiles().unconfirmed())
            .isEqualTo(
                report.profiles().read()
                    - report.profiles().accepted()
                    - report.profiles().rejected());
      }
    }
    assertThat(entries).isGreaterThan(1 + 4 + 10 + 4 + 4);
  }

  // Whatever happens

  @Test
  void the_report_adds_up_whatever_happens() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      Lab lab = new Lab();
      lab.klaviyo.on(".*", asked -> mishap(random));
      lab.klaviyo.failing(row -> Lab.number(row.email()) % 9 == 0);
      lab.klaviyo.status(
          job -> job.age().toSeconds() < job.rows().size() ? "queued" : random(random, "complete"));
      int customers = random.nextInt(400);
      NumberedSource source = new NumberedSource(customers, OptionalLong.empty());
      if (random.nextInt(3) == 0) {
        source.failAt(random.nextInt(customers + 1), new IOException("gone"));
      }
      if (random.nextInt(3) == 0) {
        lab.time.in(Duration.ofMillis(random.nextInt(60_000)), Thread.currentThread()::interrupt);
      }
      ExportReport report;
      try (SegmentExporter exporter =
          lab.exporter(source)
              .batchSize(1 + random.nextInt(100))
              .limit(1 + random.nextInt(500))
              .deadline(Duration.ofSeconds(1 + random.nextInt(10_000)))
              .build()) {
        report = exporter.export(Lab.VIP, Lab.LIST);
        assertThat(report.profiles().unsent()).as("seed " + seed).isZero();
        assertThat(report.profiles().read()).as("seed " + seed).isEqualTo(customers);
      } catch (ExportException stopped) {
        report = stopped.report();
        assertThat(stopped.reason()).as("seed " + seed).isNotEqualTo(Reason.FAULT);
      }
      Thread.interrupted();

      String seeded = "seed " + seed + ": " + report;
      assertThat(report.profiles().read())
          .as(seeded)
          .isEqualTo(
              report.profiles().accepted()
                  + report.profiles().rejected()
                  + report.profiles().duplicates()
                  + report.profiles().unconfirmed());
      assertThat(
              report.profiles().read() - report.profiles().unsent() - report.profiles().rejected())
          .as(seeded)
          .isLessThanOrEqualTo(source.read);
      assertThat(report.profiles().accepted())
          .as(seeded)
          .isLessThanOrEqualTo(lab.klaviyo.emails().size());
      assertThat(lab.klaviyo.asked())
          .as("exchanges left open, " + seeded)
          .extracting(Asked::exchange)
          .allMatch(exchange -> exchange.isDone());
    }
  }

  private static String random(Random random, String mostly) {
    return random.nextInt(5) == 0
        ? List.of("cancelled", "processing").get(random.nextInt(2))
        : mostly;
  }

  private static @Nullable Answer mishap(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> Answer.broken(Fate.UNKNOWN);
      case 1 -> Answer.broken(Fate.UNPROCESSED);
      case 2 -> Answer.silence();
      case 3 -> Answer.json(500, "");
      case 4 -> Answer.of(200, "text/html", "<html>");
      case 5 -> Answer.json(202, "{\"data\":");
      case 6 -> Answer.error(429, "throttled", "/data", "Retry-After", "" + random.nextInt(1_000));
      case 7 -> random.nextInt(3) > 0 ? null : Answer.error(400, "invalid", "/data");
      case 8 -> random.nextInt(5) > 0 ? null : Answer.error(403, "no", "/data");
      case 9 -> random.nextInt(5) > 0 ? null : Answer.failure(new IllegalStateException());
      case 10 -> SmallKlaviyo.refusing(400, random.ints(3, 0, 50), "/attributes/phone_number");
      default -> null;
    };
  }
}
