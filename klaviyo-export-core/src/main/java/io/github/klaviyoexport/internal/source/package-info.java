/**
 * The readers behind the sources that are ready to use: of CSV files, with FastCSV, and of others.
 */
@NullMarked
package io.github.klaviyoexport.internal.source;

import org.jspecify.annotations.NullMarked;
