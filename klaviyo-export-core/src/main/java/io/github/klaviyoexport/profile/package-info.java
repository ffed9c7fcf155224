/**
 * The values an export speaks about: what a source yields, how its fields are converted and become
 * Klaviyo's, and why one was set aside.
 *
 * <p>Nothing here reads, writes or waits, and nothing here knows the other packages.
 */
@NullMarked
package io.github.klaviyoexport.profile;

import org.jspecify.annotations.NullMarked;
