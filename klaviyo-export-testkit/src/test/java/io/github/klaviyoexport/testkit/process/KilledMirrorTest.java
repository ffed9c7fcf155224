package io.github.klaviyoexport.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JVMs that mirror a segment with a memory in files, and send only what has changed, are killed
 * with SIGKILL while the segment changes: the next that comes to its end has list and data right.
 *
 * <p>{@code -Dkills=200} kills so many; by default it is a few.
 */
class KilledMirrorTest {
  private static final int KILLS = Math.max(3, Integer.getInteger("kills", 0));
  private static final int KILLS_OF_ONE = 3;

  /** So many requests every mirror makes before its job, of 300 ms, has ended. */
  private static final int EARLY = 3;

  /** So many it makes at most, or nearly. */
  private static final int LATE = 12;

  private static final int SIGKILL = 128 + 9;

  @TempDir Path directory;

  private int killed;

  @Test
  void killed_at_any_moment_the_next_mirror_is_right() throws Exception {
    for (int seed = 0; seed * KILLS_OF_ONE < KILLS; seed++) {
      try {
        mirror(seed);
      } catch (IOException | AssertionError failure) {
        throw new AssertionError("The mirrors of seed " + seed + " fail: " + failure, failure);
      }
    }
    assertThat(killed).as("killed before their end").isPositive();
  }

  private void mirror(int seed) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    Path place = Files.createDirectory(directory.resolve("mirror-" + seed));
    AtomicReference<Runnable> atRequest = new AtomicReference<>(() -> {});
    try (FakeKlaviyo klaviyo =
        FakeKlaviyo.builder().quota(false).jobDuration(Duration.ofMillis(300)).start()) {
      klaviyo.wireMock().addMockServiceRequestListener((ask, answer) -> atRequest.get().run());
      int first = 0;
      int end = 100;
      for (int life = 0; life < KILLS_OF_ONE; life++) {
        first = random.nextInt(30);
        end = 80 + random.nextInt(60);
        Process process = MirrorProcess.start(klaviyo, place, first, end, "life-" + life);
        // The first is killed while its job goes on; where the others are depends on the machine.
        int[] left = {1 + random.nextInt(life == 0 ? EARLY : LATE)};
        int millis = random.nextInt(30);
        atRequest.set(
            () -> {
              if (--left[0] == 0) {
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
                    .execute(process::destroyForcibly);
              }
            });
        killed += process.waitFor() == SIGKILL ? 1 : 0;
        atRequest.set(() -> {});
      }
      // Who joined in the second in which a mirror begins is left for the next one.
      for (int run = 0; run < 2; run++) {
        assertThat(said(MirrorProcess.start(klaviyo, place, first, end, "last")))
            .isEqualTo(MirrorProcess.CLEAN);
      }
      assertThat(klaviyo.list().emails())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(first, end).mapToObj(MirrorProcess::email).toList());
      for (int i = first; i < end; i++) {
        assertThat(klaviyo.list().profile(MirrorProcess.email(i)).orElseThrow())
            .containsEntry("properties", Map.of("Version", MirrorProcess.version(i, "last")));
      }
    }
  }

  private static String said(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
