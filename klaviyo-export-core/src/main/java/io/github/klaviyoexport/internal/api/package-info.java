/**
 * What is asked of Klaviyo, and answered, in its API's terms: accounts, lists and their members,
 * imports, jobs and their errors.
 */
@NullMarked
package io.github.klaviyoexport.internal.api;

import org.jspecify.annotations.NullMarked;
