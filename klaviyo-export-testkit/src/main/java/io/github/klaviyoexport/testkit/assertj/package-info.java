/**
 * AssertJ assertions on the fake account, its lists, reports and sources.
 *
 * <p>They need AssertJ, which the testkit does not bring along; nothing else in the testkit does.
 */
@NullMarked
package io.github.klaviyoexport.testkit.assertj;

import org.jspecify.annotations.NullMarked;
