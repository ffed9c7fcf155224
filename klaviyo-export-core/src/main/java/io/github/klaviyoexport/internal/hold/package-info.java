/** What has a log open: locks of files, and the names of their holders as others read them. */
@NullMarked
package io.github.klaviyoexport.internal.hold;

import org.jspecify.annotations.NullMarked;
