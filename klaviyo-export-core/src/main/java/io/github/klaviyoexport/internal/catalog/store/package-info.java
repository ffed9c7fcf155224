/** How the catalog's documents are written as JSON, and the stores that keep them. */
@NullMarked
package io.github.klaviyoexport.internal.catalog.store;

import org.jspecify.annotations.NullMarked;
