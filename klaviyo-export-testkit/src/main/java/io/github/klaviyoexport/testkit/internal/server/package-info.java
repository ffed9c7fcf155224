/** The way in: HTTP or in process, key, quota and faults, the log of requests and the page. */
@NullMarked
package io.github.klaviyoexport.testkit.internal.server;

import org.jspecify.annotations.NullMarked;
