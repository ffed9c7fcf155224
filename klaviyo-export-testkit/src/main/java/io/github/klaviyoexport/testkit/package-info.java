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
 * in fixed windows of a second, a minute and a day, filters, sorting, sparse fieldsets, additional
 * fields, included lists, cursors and page sizes; imports that are checked as a whole, run as jobs
 * by the clock, merge property by property, drop duplicates without a word and expire after seven
 * days; consent to email and text messages, with confirmation, suppressions, and unsubscribing that
 * hits everything when a customer is not on the list that is named.
 *
 * <p><b>What nobody knows of Klaviyo</b> can be chosen: what becomes of a malformed phone number in
 * an import, how many bad profiles one refusal names, what an import error tells of its profile,
 * whether ids of strangers refuse a change of members. See {@link
 * io.github.klaviyoexport.testkit.FakeKlaviyo.Builder}. Elsewhere the fake has settled for one
 * answer, and a test must not depend on it:
 *
 * <ul>
 *   <li>deleting a list leaves import jobs that name it to run without it;
 *   <li>a malformed phone number beside another identifier is left out, with the header {@code
 *       X-Klaviyo-Partial-Failure}, when a single profile is created or imported, and refused when
 *       one is updated;
 *   <li>a single profile over 100 KB is answered with 413, an id that is no profile's with 404;
 *   <li>null clears a custom property of a single profile;
 *   <li>subscribing takes as long as a job; who must confirm is no profile before that;
 *   <li>unsubscribing from everything leaves lists as they are; members who are unsubscribed from a
 *       list keep their consent; addresses that are nobody's are passed over, as they are when they
 *       are to be suppressed;
 *   <li>who waits for a daily quota is told to wait until the day ends.
 * </ul>
 *
 * <p><b>What it does not do:</b> other operations answer 404, and there are no segments, tags,
 * flows, events, campaigns and push tokens; secondary email addresses ({@code patch_identifiers})
 * and consent to other channels are refused, as are predictive attributes, filters and sorting by
 * list suppressions and sorting by suppressions; {@code links.prev} is always null; deleted and
 * merged ids do not keep resolving. Over HTTP, two requests that are broken beyond Klaviyo's own
 * rules are answered by WireMock with 500 before the account sees them: a query that is not
 * percent-encoded, and a body that says it is gzip and is not.
 */
@NullMarked
package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.NullMarked;
