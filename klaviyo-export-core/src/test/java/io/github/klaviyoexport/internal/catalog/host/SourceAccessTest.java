package io.github.klaviyoexport.internal.catalog.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SourceAccessTest {
  @Test
  void a_source_that_does_not_answer_in_time_is_interrupted_and_left_behind() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    SourceAccess access =
        new SourceAccess(
            segment -> {
              while (true) {
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException interrupt) {
                  interrupted.countDown();
                }
              }
            },
            Duration.ofSeconds(1));

    assertThatThrownBy(() -> access.open(Segment.named("vip-eu")))
        .isInstanceOfSatisfying(
            CatalogException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.SEGMENT_UNREADABLE))
        .hasMessageContaining("vip-eu (it hung for 1 second): choose");
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
