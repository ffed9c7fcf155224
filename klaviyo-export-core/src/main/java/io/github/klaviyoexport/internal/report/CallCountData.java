package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportPreview;
import java.time.Duration;

/** How many calls of one operation a run needs, as a value. */
public record CallCountData(String operation, long calls, Duration leastTime, boolean isLeast)
    implements ExportPreview.CallCount {}
