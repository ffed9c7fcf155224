/** What the phases of a run share: its plan, the reading of its segment, and what stops it. */
@NullMarked
package io.github.klaviyoexport.internal.run;

import org.jspecify.annotations.NullMarked;
