package io.github.klaviyoexport.internal.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportListener;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A listener bean is the application's to close, and a catalog would close it after a run. */
class SharedListenerTest {
  private static final class Meter implements ExportListener, AutoCloseable {
    private Duration paced = Duration.ZERO;

    @Override
    public void paced(Duration wait) {
      paced = paced.plus(wait);
    }

    @Override
    public void warned(String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void close() {}
  }

  @Test
  void what_can_be_closed_hears_everything_and_cannot_be_closed() {
    Meter meter = new Meter();
    ExportListener shared = SharedListener.of(meter);

    shared.paced(Duration.ofSeconds(3));

    assertThat(meter.paced).isEqualTo(Duration.ofSeconds(3));
    assertThat(shared).isNotInstanceOf(AutoCloseable.class);
    assertThatThrownBy(() -> shared.warned("of something"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_cannot_be_closed_is_told_itself() {
    ExportListener listener = new ExportListener() {};

    assertThat(SharedListener.of(listener)).isSameAs(listener);
  }
}
