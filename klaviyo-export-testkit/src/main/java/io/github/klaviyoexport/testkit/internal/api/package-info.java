/** What a request to the fake says, and what its answer looks like. */
@NullMarked
package io.github.klaviyoexport.testkit.internal.api;

import org.jspecify.annotations.NullMarked;
