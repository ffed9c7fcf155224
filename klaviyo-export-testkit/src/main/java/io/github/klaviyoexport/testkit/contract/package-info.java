/**
 * What every implementation of a seam owes its callers, as tests to extend.
 *
 * <p>Each test runs on a thread of its own and is given up after a minute, with the rule in its
 * failure, so that an implementation which waits where it owes a refusal does not hang a build.
 * What belongs to one thread, such as the transaction of a test of Spring's, is not there. A
 * {@code @Timeout} on your class sets another limit.
 *
 * <p>They need JUnit Jupiter and AssertJ, which the testkit does not bring along.
 */
@NullMarked
package io.github.klaviyoexport.testkit.contract;

import org.jspecify.annotations.NullMarked;
