/**
 * The library at work in one command: a program that exports a segment and shows what came of it.
 */
@NullMarked
package io.github.klaviyoexport.testkit.quickstart;

import org.jspecify.annotations.NullMarked;
