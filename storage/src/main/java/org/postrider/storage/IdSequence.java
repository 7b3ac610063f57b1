package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Gives out numbers in blocks of a database sequence, whose increment is the block's length; what
 * is left of a block when the process ends is never used. For the writer's thread.
 */
final class IdSequence {
  private final PreparedStatement nextBlock;
  private final int blockLength;
  private long next;
  private long end;

  IdSequence(PreparedStatement nextBlock, int blockLength) {
    this.nextBlock = nextBlock;
    this.blockLength = blockLength;
  }

  long next() throws SQLException {
    if (next == end) {
      try (ResultSet rs = nextBlock.executeQuery()) {
        rs.next();
        next = rs.getLong(1);
        end = next + blockLength;
      }
    }
    return next++;
  }
}
