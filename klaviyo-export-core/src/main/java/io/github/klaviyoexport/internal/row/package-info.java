/** How a customer profile becomes a row of an import: identifiers, values, bytes, batches. */
@NullMarked
package io.github.klaviyoexport.internal.row;

import org.jspecify.annotations.NullMarked;
