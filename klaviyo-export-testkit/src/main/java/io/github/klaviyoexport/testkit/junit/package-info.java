/**
 * A JUnit Jupiter extension that gives each test a Klaviyo account of its own.
 *
 * <p>It needs JUnit Jupiter, which the testkit does not bring along.
 */
@NullMarked
package io.github.klaviyoexport.testkit.junit;

import org.jspecify.annotations.NullMarked;
