package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.internal.account.ConsentStore.Channel;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has agreed to.
 *
 * @param channels the channels, and when that was; empty when it was just now
 * @param historical whether that was long ago, so that there is nothing to be confirmed
 * @param source where the consent comes from, in words
 */
public record Agreement(
    CustomerReference customer,
    Map<Channel, Optional<Instant>> channels,
    boolean historical,
    @Nullable String source) {}
