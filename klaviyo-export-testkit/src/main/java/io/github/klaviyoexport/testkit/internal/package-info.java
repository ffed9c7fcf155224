/** What the programs of this module share; no part of the API. */
@NullMarked
package io.github.klaviyoexport.testkit.internal;

import org.jspecify.annotations.NullMarked;
