/** What every use of a database shares: transactions, what failures mean, names of tables. */
@NullMarked
package io.github.klaviyoexport.internal.jdbc;

import org.jspecify.annotations.NullMarked;
