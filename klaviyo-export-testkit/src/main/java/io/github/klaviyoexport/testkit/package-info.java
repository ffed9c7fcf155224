/**
 * A Klaviyo account that runs on your machine, and what it takes to test exports against it.
 *
 * <p>{@link io.github.klaviyoexport.testkit.FakeKlaviyo} is the account, {@link
 * io.github.klaviyoexport.testkit.VirtualTime} the clock it shares with an exporter, {@link
 * io.github.klaviyoexport.testkit.InMemorySegments} the customers.
 */
@NullMarked
package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.NullMarked;
