package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.Nullable;

/**
 * A call with its answer, as both pass through a door.
 *
 * @param fault what the call met, if anything
 */
record Exchange(Call call, Answer answer, @Nullable Fault fault) {}
