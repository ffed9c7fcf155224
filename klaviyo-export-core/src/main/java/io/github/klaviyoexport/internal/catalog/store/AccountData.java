package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Connection;
import org.jspecify.annotations.Nullable;

/** A Klaviyo account as a value. */
public record AccountData(
    String id, @Nullable String name, @Nullable String timezone, @Nullable Boolean test)
    implements Connection.Account {}
