package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Connection;
import java.time.Instant;

/** The acceptance of the data privacy notice as a value. */
public record ConsentData(String by, Instant at, String notice) implements Connection.Consent {}
