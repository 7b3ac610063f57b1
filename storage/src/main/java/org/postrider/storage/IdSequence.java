package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Gives out numbers in blocks of a database sequence, whose increment is the block's length; what
 * is left of a block when the process ends is never used. For the writer's thread.
 */
final class IdSequence {
  private final PreparedStatement nextBlock;
  private final int blockLength;
  private final long least;
  private long next;
  private long end;

  /**
   * @param before what gave out numbers of the sequence in this process before, or null: none of
   *     those is given out again, though the database may have forgotten that it was
   */
  IdSequence(PreparedStatement nextBlock, int blockLength, @Nullable IdSequence before) {
    this.nextBlock = nextBlock;
    this.blockLength = blockLength;
    this.least = before == null ? Long.MIN_VALUE : Math.max(before.least, before.end);
  }

  long next() throws SQLException {
    while (next == end || next < least) {
      try (ResultSet rs = nextBlock.executeQuery()) {
        rs.next();
        next = rs.getLong(1);
        end = next + blockLength;
      }
    }
    return next++;
  }
}
