package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.record.JournalEntry;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one export is told.
 *
 * @param maxLeavers the largest share of the list's members that a mirror removes
 * @param limit the most profiles it may read
 * @param deadline how long it may take, until the last job has ended
 * @param batchSize the most profiles of a batch
 * @param batchesInFlight how many batches may be filled and not yet taken over
 * @param journal where it is remembered, if anywhere
 * @param continuesUnfinished whether it goes on where an unfinished run of the same segment and
 *     list has stopped, instead of starting over
 */
public record ExportPlan(
    Segment segment,
    ListId list,
    ProfileSource source,
    FieldMapping mapping,
    KlaviyoAccess klaviyo,
    SyncMode mode,
    double maxLeavers,
    long limit,
    Duration deadline,
    int batchSize,
    int batchesInFlight,
    @Nullable ExportJournal journal,
    boolean continuesUnfinished,
    List<ExportListener> listeners) {

  /** What tells this export from others in the journal. */
  public JournalEntry.Setup setup() {
    return new JournalEntry.Setup(
        segment.name(), list.value(), klaviyo.server(), mapping + " in " + mapping.zone(), mode);
  }

  /** The source's name for a Klaviyo attribute such as {@code location/city}, if one is mapped. */
  public @Nullable String sourceField(@Nullable String attribute) {
    if (attribute != null) {
      String path = attribute.replaceFirst("/", ".").replace("~1", "/").replace("~0", "~");
      for (MappedField field : mapping.fields()) {
        if (field.path().equals(path)) {
          return field.source();
        }
      }
    }
    return null;
  }
}
