/** Manages the connections of a catalog, and saves, schedules, runs and remembers its exports. */
@NullMarked
package io.github.klaviyoexport.internal.catalog;

import org.jspecify.annotations.NullMarked;
