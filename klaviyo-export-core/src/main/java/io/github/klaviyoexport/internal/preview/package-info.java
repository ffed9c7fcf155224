/**
 * What can be looked at before an export is run: the values of previews and of samples of a
 * mapping, as JSON and for people.
 */
@NullMarked
package io.github.klaviyoexport.internal.preview;

import org.jspecify.annotations.NullMarked;
