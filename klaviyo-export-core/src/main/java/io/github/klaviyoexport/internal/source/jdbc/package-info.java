/**
 * The readers behind the source of segments in databases: connections on loan, pages in the order
 * of a key, and what SQL's types mean.
 */
@NullMarked
package io.github.klaviyoexport.internal.source.jdbc;

import org.jspecify.annotations.NullMarked;
