package io.github.klaviyoexport.internal.preview;

import io.github.klaviyoexport.ExportPreview;
import io.github.klaviyoexport.ExportPreview.CallCount;
import java.time.Duration;
import java.util.List;

/** The calls that a run needs, as a value. */
public record PreviewWorkData(int batches, long bytes, List<CallCount> calls)
    implements ExportPreview.Work {
  /** Copies what it is given. */
  public PreviewWorkData {
    calls = List.copyOf(calls);
  }

  @Override
  public long callsInAll() {
    return calls.stream().mapToLong(CallCount::calls).sum();
  }

  @Override
  public Duration leastTime() {
    return calls.stream().map(CallCount::leastTime).reduce(Duration.ZERO, Duration::plus);
  }
}
