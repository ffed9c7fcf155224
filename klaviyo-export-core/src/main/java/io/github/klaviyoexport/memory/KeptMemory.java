package io.github.klaviyoexport.memory;

import java.time.Instant;

/**
 * A log that a memory keeps.
 *
 * @param key what it is opened by
 * @param written when it was last written to
 * @param bytes how much its blocks take
 */
public record KeptMemory(String key, Instant written, long bytes) {}
