package io.github.klaviyoexport.testkit.behavior;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A source whose first profile comes when it is let. */
final class GatedSource implements ProfileSource {
  final CountDownLatch reached = new CountDownLatch(1);
  final CountDownLatch open = new CountDownLatch(1);
  volatile boolean closed = true;
  private final ProfileSource source;

  GatedSource(ProfileSource source) {
    this.source = source;
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    ProfileReader reader = source.open(segment);
    return new ProfileReader() {
      @Override
      public @Nullable CustomerProfile next() throws IOException {
        if (closed) {
          reached.countDown();
          try {
            open.await();
          } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
          }
        }
        return reader.next();
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }
}
