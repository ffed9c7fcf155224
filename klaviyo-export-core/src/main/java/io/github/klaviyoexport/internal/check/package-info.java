/** What Klaviyo answers, compared with what this version of the library knows. */
@NullMarked
package io.github.klaviyoexport.internal.check;

import org.jspecify.annotations.NullMarked;
