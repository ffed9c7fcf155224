package io.github.klaviyoexport.memory;

/** The rules for blocks of logs, which all stores here keep. */
final class BlockRules {
  private BlockRules() {}

  /**
   * Requires a block to be one.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void require(byte[] block) {
    if (!isLength(block.length)) {
      throw new IllegalArgumentException(
          "A block of a memory has 1 to "
              + MemoryLog.MAX_BLOCK_BYTES
              + " bytes, not "
              + block.length
              + ".");
    }
  }

  /** Returns whether a block has so many bytes. */
  static boolean isLength(int length) {
    return length > 0 && length <= MemoryLog.MAX_BLOCK_BYTES;
  }

  /**
   * Requires that there are blocks.
   *
   * @throws IllegalArgumentException if there are none
   */
  static void requireSome(long blocks) {
    if (blocks == 0) {
      throw new IllegalArgumentException(
          "A log is replaced by at least one block: delete it to have none.");
    }
  }
}
