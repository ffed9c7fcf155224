/**
 * How segments are read from Customer Insights, through Dataverse's Web API: its requests, who is
 * in a segment, and the profiles of those.
 */
@NullMarked
package io.github.klaviyoexport.internal.insights;

import org.jspecify.annotations.NullMarked;
