/**
 * A Klaviyo account that runs on your machine, and what it takes to test exports against it.
 *
 * <p>{@link io.github.klaviyoexport.testkit.FakeKlaviyo} is the account, {@link
 * io.github.klaviyoexport.testkit.VirtualTime} the clock it shares with an exporter, {@link
 * io.github.klaviyoexport.testkit.InMemorySegments} and {@link
 * io.github.klaviyoexport.testkit.GeneratedProfiles} the customers.
 *
 * <p><b>What the fake does</b>, by revision 2026-07-15: the operations in {@link
 * io.github.klaviyoexport.testkit.Operation}, with key and scopes, revisions, media types, quotas
 * in fixed windows, filters, sorting, sparse fieldsets, cursors and page sizes; imports that are
 * checked as a whole, run as jobs by the clock, merge property by property, drop duplicates without
 * a word and expire after seven days.
 *
 * <p><b>What nobody knows of Klaviyo</b> can be chosen: what becomes of a malformed phone number,
 * how many bad profiles one refusal names, what an import error tells of its profile, whether ids
 * of strangers refuse a change of members. See {@link
 * io.github.klaviyoexport.testkit.FakeKlaviyo.Builder}.
 *
 * <p><b>What it does not do:</b> other operations answer 404; secondary email addresses ({@code
 * patch_identifiers}) are refused; {@code links.prev} is always null; consent, suppression and
 * predictive attributes are not modelled, and asking for them is refused. Over HTTP, two requests
 * that are broken beyond Klaviyo's own rules are answered by WireMock with 500 before the account
 * sees them: a query that is not percent-encoded, and a body that says it is gzip and is not.
 */
@NullMarked
package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.NullMarked;
