/**
 * How the catalog's things are written as JSON, and the stores that keep them.
 *
 * <p>Not part of the API.
 */
@NullMarked
package io.github.klaviyoexport.internal.catalog;

import org.jspecify.annotations.NullMarked;
