/**
 * Calls to Klaviyo: their turn in the quota, their attempts, their replies, HTTP itself, and the
 * loop that an export runs on.
 */
@NullMarked
package io.github.klaviyoexport.internal.call;

import org.jspecify.annotations.NullMarked;
