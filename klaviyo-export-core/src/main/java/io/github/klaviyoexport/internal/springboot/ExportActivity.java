package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.time.TimeSource;
import java.util.List;

/**
 * What the application's exports do and did last, as they tell it: no call is made for it. It is no
 * listener itself, so that an application which asks for the only {@link ExportListener} bean gets
 * its own. Safe for use by many threads.
 */
final class ExportActivity {
  private final LastWord lastWord;
  private final LatestRuns runs;

  ExportActivity(TimeSource time) {
    this.lastWord = new LastWord(time);
    this.runs = new LatestRuns(time);
  }

  LastWord lastWord() {
    return lastWord;
  }

  LatestRuns runs() {
    return runs;
  }

  List<ExportListener> listeners() {
    return List.of(lastWord, runs);
  }
}
