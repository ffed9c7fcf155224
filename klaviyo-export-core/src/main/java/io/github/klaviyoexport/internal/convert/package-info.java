/** How text is read as what it stands for: numbers, dates and JSON. */
@NullMarked
package io.github.klaviyoexport.internal.convert;

import org.jspecify.annotations.NullMarked;
