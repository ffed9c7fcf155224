/** Transactions over JDBC. */
@NullMarked
package io.github.klaviyoexport.internal.jdbc;

import org.jspecify.annotations.NullMarked;
