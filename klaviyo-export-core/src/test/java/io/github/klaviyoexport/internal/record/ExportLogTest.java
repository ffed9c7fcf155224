package io.github.klaviyoexport.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads of an export's waits. */
class ExportLogTest {
  // Held, since loggers are kept by nothing else.
  private final Logger logger = Logger.getLogger("io.github.klaviyoexport");
  private final List<String> warnings = new ArrayList<>();
  private final Thread here = Thread.currentThread();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          if (logged.getLevel() == Level.WARNING && Thread.currentThread() == here) {
            warnings.add(logged.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final ExportLog log = new ExportLog("The export", () -> 0);

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
  }

  @Test
  void a_wait_that_klaviyo_asks_for_is_told() {
    log.rateLimited(Duration.ofMinutes(15));

    assertThat(warnings)
        .containsExactly(
            "The export waits for 900 s or more: Klaviyo has asked for it (429). It goes on by"
                + " itself, as long as its deadline allows.");
  }

  @Test
  void a_wait_that_is_longer_than_an_export_makes_is_not_told_as_one() {
    log.rateLimited(Duration.ofMinutes(15).plusSeconds(1));

    assertThat(warnings).isEmpty();
  }
}
