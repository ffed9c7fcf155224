/**
 * The administrator's side: connections to Klaviyo that are made once, exports that are saved and
 * run again and again, and the history of what became of them.
 *
 * <p>Start at {@link io.github.klaviyoexport.catalog.Catalog}.
 */
@NullMarked
package io.github.klaviyoexport.catalog;

import org.jspecify.annotations.NullMarked;
