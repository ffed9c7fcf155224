/**
 * The way to Klaviyo: connection, key, list, and the seam {@link
 * io.github.klaviyoexport.klaviyo.KlaviyoTransport} that carries requests.
 */
@NullMarked
package io.github.klaviyoexport.klaviyo;

import org.jspecify.annotations.NullMarked;
