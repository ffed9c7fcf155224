package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.catalog.ExportListeners;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How runs are made.
 *
 * @param exportListeners what makes listeners of each attempt
 * @param lease for how long a run is leased at a time
 * @param attempts how often a run is tried
 * @param retryDelay the time before the second attempt; twice as long before the third
 * @param slowAlert how many times the usual duration a run may take before listeners hear of it
 * @param postponed hears of each run that is gone on with later, so that it is looked for in time
 */
public record RunSettings(
    TimeSource time,
    Executor executor,
    @Nullable ExportJournal journal,
    @Nullable ExportMemory memory,
    List<ExportListeners> exportListeners,
    Duration lease,
    int attempts,
    Duration retryDelay,
    double slowAlert,
    Runnable postponed) {}
