/** The operations of the fake account, by resource. */
@NullMarked
package io.github.klaviyoexport.testkit.internal.endpoint;

import org.jspecify.annotations.NullMarked;
