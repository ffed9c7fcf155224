/** What a run writes down as it happens: counts, journal entries, calls of listeners. */
@NullMarked
package io.github.klaviyoexport.internal.record;

import org.jspecify.annotations.NullMarked;
