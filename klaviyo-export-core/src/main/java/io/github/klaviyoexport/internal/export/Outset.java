package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run sets out with, once it is known to which list.
 *
 * @param klaviyo the way to Klaviyo by which the list was found
 * @param newList the opt-in process of the list, if it was made for this run and Klaviyo has said
 * @param timeLeft how much of the deadline is left
 */
record Outset(
    ExportPlan plan, Klaviyo klaviyo, @Nullable OptInProcess newList, Duration timeLeft) {}
