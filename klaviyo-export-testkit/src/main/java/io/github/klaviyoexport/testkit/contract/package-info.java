/**
 * What every implementation of a seam owes its callers, as tests to extend.
 *
 * <p>They need JUnit Jupiter and AssertJ, which the testkit does not bring along.
 */
@NullMarked
package io.github.klaviyoexport.testkit.contract;

import org.jspecify.annotations.NullMarked;
