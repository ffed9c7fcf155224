/** How what a host decides is written as JSON and read again: documents, their parts, mappings. */
@NullMarked
package io.github.klaviyoexport.internal.json;

import org.jspecify.annotations.NullMarked;
