package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.internal.KlaviyoAccess;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.time.Duration;
import java.util.List;

/**
 * All that one export is told.
 *
 * @param limit the most profiles it may read
 * @param deadline how long it may take, until the last job has ended
 * @param batchesInFlight how many batches may be filled and not yet taken over
 */
public record ExportPlan(
    Segment segment,
    ListId list,
    ProfileSource source,
    FieldMapping mapping,
    KlaviyoAccess klaviyo,
    long limit,
    Duration deadline,
    int batchesInFlight,
    List<ExportListener> listeners) {}
