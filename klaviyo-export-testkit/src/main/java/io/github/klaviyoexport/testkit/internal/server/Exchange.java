package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import org.jspecify.annotations.Nullable;

/**
 * A call with its answer, as both pass through an entry.
 *
 * @param fault what the call met, if anything
 */
public record Exchange(ApiRequest call, ApiResponse answer, @Nullable ScriptedFault fault) {}
