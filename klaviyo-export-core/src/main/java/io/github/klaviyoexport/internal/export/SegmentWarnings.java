package io.github.klaviyoexport.internal.export;

import static java.util.stream.Collectors.joining;

import io.github.klaviyoexport.internal.record.RunCounts;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.SegmentReading;
import io.github.klaviyoexport.internal.text.InWords;
import java.util.List;

/** What a run warns of that has read its segment: what is missing there, or is not as before. */
final class SegmentWarnings {
  private final RunContext run;
  private final SegmentReading reading;
  private final RunCounts counts;

  /** Creates the warnings of a run. */
  SegmentWarnings(RunContext run, SegmentReading reading, RunCounts counts) {
    this.run = run;
    this.reading = reading;
    this.counts = counts;
  }

  /** Tells of a size that is not like the usual one, unless the source has told it beforehand. */
  void ofSize(long customers) {
    String warning = run.memory().sizeGuard().warning(customers);
    if (warning != null && reading.size().isEmpty()) {
      run.recorder().warned(warning);
    }
  }

  /** Counts those of several segments that gave no customer, and tells of them. */
  void ofEmptySegments() {
    List<String> empty = reading.empty();
    counts.emptySegments(empty);
    if (!empty.isEmpty()) {
      run.recorder().warned(ReportText.emptySegments(empty));
    }
  }

  /** Tells of mapped fields that no profile had, or had a value in. */
  void ofFields() {
    warn(
        counts.missingFields(),
        "No profile of the segment had these fields, which the mapping names: %s. Correct the"
            + " mapping or the source.");
    warn(
        counts.emptyFields(),
        "These mapped fields had no value in any profile of the segment: %s. Check the source.");
  }

  private void warn(List<String> fields, String what) {
    if (!fields.isEmpty()) {
      String names = fields.stream().map(name -> "'" + name + "'").collect(joining(", "));
      run.recorder().warned(what.replace("%s", names));
    }
  }

  /**
   * Tells if the two readings of a mirror's segment were not of the same customers, unless one of
   * them was stopped.
   *
   * @param lookedFor how many customers it had when leavers were looked for
   */
  void ofChange(long lookedFor) {
    long sent = counts.profilesRead();
    if (!run.hasStopped() && sent != lookedFor) {
      run.recorder()
          .warned(
              "The segment changed while it was mirrored: it had "
                  + InWords.count(lookedFor, "customer")
                  + " when leavers were looked for, and "
                  + InWords.number(sent)
                  + " when they were sent. A customer that was in either reading stays in the list;"
                  + " one that left in between leaves it with the next run.");
    }
  }
}
