package io.github.klaviyoexport.internal.api;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing.
 *
 * @param <T> what is listed
 * @param next where the next page is; {@code null} after the last
 */
public record Page<T>(List<T> items, @Nullable URI next) {}
