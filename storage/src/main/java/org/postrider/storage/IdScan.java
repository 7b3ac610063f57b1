package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.LongBinaryOperator;

/**
 * Reads a table by ascending id, a page at a time, and goes on behind what the disk gives back
 * damaged: a leaf of the tree holds the rows of a range of ids, so where a page of rows cannot be
 * read, later starts are tried, further and further on, until reading goes on from one.
 */
final class IdScan {
  /** Reads a page. */
  @FunctionalInterface
  interface Page {
    /**
     * Takes at most {@code limit} rows with {@code from <= id <= to}, by id.
     *
     * @return the last row's id, or {@code to} when there are no more
     */
    long read(Connection connection, long from, long to, int limit) throws SQLException;
  }

  /** Hears of ids whose rows, if there are any, cannot be read. */
  @FunctionalInterface
  interface Gaps {
    void gap(long from, long to);
  }

  private final Database database;
  private final String probe;

  IdScan(Database database, String table) {
    this.database = database;
    this.probe = "SELECT id FROM " + table + " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1";
  }

  /** Reads all rows with {@code from <= id <= to}; each page sees one moment. */
  void run(long from, long to, int limit, Page page, Gaps gaps) {
    run(from, to, limit, (start, rows) -> read(page, start, to, (int) rows), gaps);
  }

  /** The same on a connection that the caller has, so that all pages see its moment. */
  static void run(Connection connection, long from, long to, int limit, Page page)
      throws SQLException {
    long last = from - 1;
    while (last < to) {
      last = page.read(connection, last + 1, to, limit);
    }
  }

  private long read(Page page, long from, long to, int limit) {
    return database.readOneMoment(connection -> page.read(connection, from, to, limit));
  }

  private void run(long from, long to, int limit, LongBinaryOperator page, Gaps gaps) {
    long last = from - 1; // ids go up to the greatest long, so nothing is added to them
    int rows = limit;
    while (last < to) {
      try {
        last = page.applyAsLong(last + 1, rows);
        rows = limit;
      } catch (StorageException e) {
        if (e.reason() != DAMAGED) {
          throw e;
        }
        if (rows > 1) {
          rows /= 2;
          continue;
        }
        long end = endOfGap(last + 1, to);
        gaps.gap(last + 1, end);
        last = end;
        rows = limit;
      }
    }
  }

  /** The last id from {@code from} on, from which the table cannot be read on. */
  private long endOfGap(long from, long to) {
    long unreadable = from;
    long step = 1;
    while (true) {
      if (unreadable == to) {
        return to;
      }
      long next = step > to - unreadable ? to : unreadable + step;
      if (isReadable(next)) {
        return lastUnreadable(unreadable, next);
      }
      unreadable = next;
      step *= 2;
    }
  }

  private long lastUnreadable(long unreadable, long readable) {
    long low = unreadable;
    long high = readable;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (isReadable(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  private boolean isReadable(long id) {
    try {
      return database.read(connection -> {
        try (PreparedStatement query = connection.prepareStatement(probe)) {
          query.setLong(1, id);
          query.setLong(2, Long.MAX_VALUE);
          try (ResultSet rs = query.executeQuery()) {
            rs.next();
            return true;
          }
        }
      });
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      return false;
    }
  }
}
