/** One HTTP call to Klaviyo: its turn in the quota, its attempts, its answer. */
@NullMarked
package io.github.klaviyoexport.internal.call;

import org.jspecify.annotations.NullMarked;
