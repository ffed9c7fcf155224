package io.github.klaviyoexport.internal.api;

import org.jspecify.annotations.Nullable;

/**
 * An account, as Klaviyo tells of it.
 *
 * @param id its id, the public API key
 * @param name the organisation's name
 * @param timezone an IANA name
 * @param test whether it is a test account
 */
public record AccountInfo(
    String id, @Nullable String name, @Nullable String timezone, @Nullable Boolean test) {}
