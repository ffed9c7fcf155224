/**
 * A Klaviyo account that runs on your machine, and what it takes to test exports against it.
 *
 * <p>{@link io.github.klaviyoexport.testkit.FakeKlaviyo} is the account, {@link
 * io.github.klaviyoexport.testkit.VirtualTime} the clock it shares with an exporter, {@link
 * io.github.klaviyoexport.testkit.InMemorySegments} and {@link
 * io.github.klaviyoexport.testkit.GeneratedProfiles} the customers.
 *
 * <p><b>What the fake does</b>, and what it does not, each row with a test of this project that
 * shows it; the operations are in {@link io.github.klaviyoexport.testkit.Operation}:
 *
 * <table>
 *   <caption>Fidelity to Klaviyo's revision 2026-07-15</caption>
 *   <tr><th>Klaviyo</th><th>the fake</th><th>shown by</th></tr>
 *   <tr><td>Private keys, OAuth tokens, scopes</td><td>yes</td><td>{@code AdmissionContractTest.a_key_without_the_scope_is_forbidden_and_told_which}</td></tr>
 *   <tr><td>Revisions, retired ones too</td><td>yes, all answered by the newest</td><td>{@code AdmissionContractTest.a_revision_must_be_one_that_klaviyo_has_or_had}</td></tr>
 *   <tr><td>Media types</td><td>yes</td><td>{@code AdmissionContractTest.a_body_must_be_json_by_its_content_type}</td></tr>
 *   <tr><td>Compressed bodies</td><td>no, refused</td><td>{@code AdmissionContractTest.a_compressed_body_is_not_taken}</td></tr>
 *   <tr><td>Quotas of a second and a minute, in fixed windows for each operation</td><td>yes</td><td>{@code QuotaContractTest.windows_are_fixed_so_a_burst_across_their_edge_passes_twice_the_quota}</td></tr>
 *   <tr><td>Lists made in a day</td><td>yes</td><td>{@code QuotaContractTest.a_hundred_and_fifty_lists_are_created_in_a_day_and_no_more}</td></tr>
 *   <tr><td>{@code RateLimit} headers, {@code Retry-After}</td><td>yes</td><td>{@code QuotaContractTest.an_answer_tells_the_quotas_as_a_list_and_what_is_left_of_the_narrowest}</td></tr>
 *   <tr><td>Who the account is</td><td>yes, one account</td><td>{@code AdmissionContractTest.the_account_tells_who_it_is}</td></tr>
 *   <tr><td>Lists: find, read, count</td><td>yes</td><td>{@code ListContractTest.lists_come_ten_a_page_and_are_found_by_name_or_id}</td></tr>
 *   <tr><td>Lists: create, change, delete</td><td>yes</td><td>{@code ListContractTest.a_list_is_created_and_can_be_found_read_and_filled}</td></tr>
 *   <tr><td>Members: read, filter, sort, page by page</td><td>yes</td><td>{@code MemberContractTest.members_are_read_page_by_page_without_a_gap_or_a_repetition}</td></tr>
 *   <tr><td>Members: add and remove</td><td>yes</td><td>{@code MemberContractTest.a_thousand_are_added_or_removed_at_a_time_and_no_more}</td></tr>
 *   <tr><td>What becomes of strangers among members to add or remove</td><td>nobody knows: a setting</td><td>{@code MemberContractTest.strangers_are_refused_and_everybody_with_them_if_the_account_is_told_to}</td></tr>
 *   <tr><td>Profiles: find, read, create, update</td><td>yes</td><td>{@code ProfileContractTest.a_profile_is_created_and_read_by_its_id}</td></tr>
 *   <tr><td>Profiles: create or update, conflicts</td><td>yes</td><td>{@code ProfileContractTest.a_profile_is_made_the_first_time_and_changed_the_next}</td></tr>
 *   <tr><td>Imports: one bad profile refuses all, with a pointer</td><td>yes</td><td>{@code ImportRequestContractTest.one_bad_profile_refuses_the_whole_import_with_a_pointer}</td></tr>
 *   <tr><td>Imports: limits of profiles and bytes</td><td>yes</td><td>{@code ImportRequestContractTest.a_body_of_five_million_bytes_is_taken_and_one_byte_more_is_not}</td></tr>
 *   <tr><td>What becomes of a bad phone number in an import</td><td>nobody knows: a setting</td><td>{@code ImportContractTest.a_bad_phone_number_beside_an_address_is_left_out_if_the_account_is_told_to}</td></tr>
 *   <tr><td>Import jobs: queued, processing, complete</td><td>yes, by the clock</td><td>{@code ImportJobContractTest.a_job_is_queued_then_processing_then_complete_and_profiles_join_at_its_end}</td></tr>
 *   <tr><td>Import jobs: forgotten after seven days</td><td>yes</td><td>{@code ImportJobContractTest.a_job_is_forgotten_after_seven_days}</td></tr>
 *   <tr><td>Import errors</td><td>yes</td><td>{@code ImportContractTest.import_errors_come_in_pages_of_twenty_up_to_a_hundred}</td></tr>
 *   <tr><td>Properties merge by name</td><td>yes</td><td>{@code ImportContractTest.a_profile_keeps_what_a_later_import_leaves_out_and_merges_properties_by_name}</td></tr>
 *   <tr><td>Patches of properties</td><td>yes</td><td>{@code ImportContractTest.properties_are_unset_appended_to_and_taken_out_of_lists_by_patches}</td></tr>
 *   <tr><td>Secondary email addresses ({@code patch_identifiers})</td><td>no, refused</td><td>{@code ImportRequestContractTest.a_patch_that_is_none_is_refused}</td></tr>
 *   <tr><td>Duplicates inside a job</td><td>yes, dropped in an order of its own</td><td>{@code ImportContractTest.duplicates_inside_a_job_are_dropped_without_a_word}</td></tr>
 *   <tr><td>Sparse fieldsets</td><td>yes</td><td>{@code MemberContractTest.a_member_is_read_whole_or_by_the_fields_asked_for}</td></tr>
 *   <tr><td>Filters</td><td>yes</td><td>{@code ListContractTest.a_filter_that_klaviyo_does_not_know_is_refused}</td></tr>
 *   <tr><td>Consent: subscribe, with confirmation</td><td>yes</td><td>{@code SubscriptionContractTest.who_must_confirm_joins_when_that_is_done}</td></tr>
 *   <tr><td>Consent: unsubscribe, from everything if not on the list</td><td>yes</td><td>{@code SubscriptionContractTest.who_is_not_on_the_list_is_unsubscribed_from_everything}</td></tr>
 *   <tr><td>Consent to channels other than email and text messages</td><td>no, refused</td><td>{@code SubscriptionContractTest.a_subscription_that_will_not_do_is_refused_with_a_pointer}</td></tr>
 *   <tr><td>Suppressions</td><td>yes</td><td>{@code SuppressionContractTest.profiles_are_suppressed_by_a_job_whatever_their_consent}</td></tr>
 *   <tr><td>Deleting a profile</td><td>yes</td><td>{@code DeletionContractTest.a_deleted_profile_is_gone_from_everywhere_after_a_while}</td></tr>
 *   <tr><td>{@code links.prev}</td><td>no, always null</td><td>{@code AbsenceContractTest.no_page_leads_back}</td></tr>
 *   <tr><td>Predictive analytics</td><td>no, refused</td><td>{@code AbsenceContractTest.nothing_is_predicted}</td></tr>
 *   <tr><td>Other operations</td><td>no, 404</td><td>{@code AbsenceContractTest.other_operations_are_not_found}</td></tr>
 * </table>
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
 * <p><b>What it does not do</b> in particular: other operations answer 404, and there are no
 * segments, tags, flows, events, campaigns and push tokens; secondary email addresses ({@code
 * patch_identifiers}) and consent to other channels are refused, as are predictive attributes,
 * filters and sorting by list suppressions and sorting by suppressions; {@code links.prev} is
 * always null; deleted and merged ids do not keep resolving. Over HTTP, two requests that are
 * broken beyond Klaviyo's own rules are answered by WireMock with 500 before the account sees them:
 * a query that is not percent-encoded, and a body that says it is gzip and is not.
 */
@NullMarked
package io.github.klaviyoexport.testkit;

import org.jspecify.annotations.NullMarked;
