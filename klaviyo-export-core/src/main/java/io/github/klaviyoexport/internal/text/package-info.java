/** Text as people see it: what is invisible in it, and which of several names is meant. */
@NullMarked
package io.github.klaviyoexport.internal.text;

import org.jspecify.annotations.NullMarked;
