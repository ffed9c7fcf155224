/**
 * A Klaviyo account that runs on your machine, and what it takes to test exports against it.
 *
 * <p>{@link io.github.klaviyoexport.testkit.FakeKlaviyo} is the account, {@link
 * io.github.klaviyoexport.testkit.VirtualTime} the clock it shares with an exporter, {@link
 * io.github.klaviyoexport.testkit.InMemorySegments} and {@link
 * io.github.klaviyoexport.testkit.GeneratedProfiles} the customers. {@link
 * io.github.klaviyoexport.testkit.SampleExport} makes reports for tests of code that reads them,
 * {@link io.github.klaviyoexport.testkit.SampleRun} run records.
 *
 * <p>How true the account is to Klaviyo, row by row with the test that shows it, what is unknown of
 * Klaviyo and what the account leaves out, stands in <a
 * href="https://github.com/klaviyoexport/klaviyo-export/blob/main/klaviyo-export-testkit/docs/fidelity.md">{@code
 * docs/fidelity.md}</a> of the testkit's sources. What is unknown and could hurt a client is a
 * setting of {@link io.github.klaviyoexport.testkit.FakeKlaviyoBuilder}; the operations are those
 * of {@link io.github.klaviyoexport.testkit.Operation}.
 */
@NullMarked
package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.NullMarked;
