/** The fake Klaviyo as a program, so that any client in any language can be tried against it. */
@NullMarked
package io.github.klaviyoexport.testkit.server;

import org.jspecify.annotations.NullMarked;
