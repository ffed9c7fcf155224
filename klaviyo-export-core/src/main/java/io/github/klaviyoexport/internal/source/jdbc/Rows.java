package io.github.klaviyoexport.internal.source.jdbc;

import io.github.klaviyoexport.profile.FieldNames;
import java.io.IOException;
import java.sql.SQLException;

/** A way to read a segment's rows, block by block. */
interface Rows {
  /**
   * Looks at the database for what is to be known before the first block.
   *
   * @throws IOException if the segment cannot be read this way
   */
  void prepare(Visit visit) throws SQLException, IOException;

  /** Reads the next block into an empty one; returns whether there may be more. */
  boolean read(Visit visit, Block block) throws SQLException, IOException;

  /** Returns whether the visit must go on between two blocks. */
  boolean needsVisitBetween();

  /** Returns the fields; to be asked when it is prepared. */
  FieldNames fields();
}
