/** How one customer is erased: at Klaviyo, in the memory and in the journal. */
@NullMarked
package io.github.klaviyoexport.internal.erase;

import org.jspecify.annotations.NullMarked;
