package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Connection;

/** What everybody may see of a connection, as a value. */
public record SummaryData(String id, String name, String type, boolean usable)
    implements Connection.Summary {}
