/**
 * What a run knows of the customers of a list from earlier runs: the index in heap, the sealed
 * blocks that it is read from and written to, and how they are made fewer.
 */
@NullMarked
package io.github.klaviyoexport.internal.memory;

import org.jspecify.annotations.NullMarked;
