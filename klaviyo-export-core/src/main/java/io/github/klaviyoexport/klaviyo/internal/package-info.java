/**
 * How the library speaks to Klaviyo: what a row of an import job looks like, and the calls that
 * carry rows there.
 *
 * <p>Everything about JSON and HTTP is in here; no other package needs to know either.
 */
@NullMarked
package io.github.klaviyoexport.klaviyo.internal;

import org.jspecify.annotations.NullMarked;
