/** What generated customers are made of. */
@NullMarked
package io.github.klaviyoexport.testkit.internal.customers;

import org.jspecify.annotations.NullMarked;
