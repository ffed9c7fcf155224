package io.github.klaviyoexport.testkit.internal.account;

import org.jspecify.annotations.Nullable;

/**
 * The identifiers by which a request names a customer.
 *
 * @param id the id of the customer's profile; {@code null} when the request gives none
 * @param email the email address; {@code null} when the request gives none
 * @param phone the phone number; {@code null} when the request gives none
 */
public record CustomerReference(
    @Nullable String id, @Nullable String email, @Nullable String phone) {}
