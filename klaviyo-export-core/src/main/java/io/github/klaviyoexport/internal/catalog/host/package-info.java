/**
 * Calls what the host gives a catalog: its source, its secrets, Klaviyo through its connections,
 * its store and the threads of its runs; and says what came of it in words for people.
 */
@NullMarked
package io.github.klaviyoexport.internal.catalog.host;

import org.jspecify.annotations.NullMarked;
