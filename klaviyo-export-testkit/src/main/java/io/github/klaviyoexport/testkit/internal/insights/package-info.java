/**
 * The Web API of the fake Customer Insights: its tables, what queries ask of them, and its limits.
 */
@NullMarked
package io.github.klaviyoexport.testkit.internal.insights;

import org.jspecify.annotations.NullMarked;
