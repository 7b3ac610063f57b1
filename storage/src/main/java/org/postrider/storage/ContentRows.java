package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The tables content, piece and unreferenced. */
final class ContentRows {
  /** Octets of every piece after the first, but the last. */
  static final int PIECE = 65_536;

  private static final String INSERT_CONTENT =
      "INSERT INTO content (id, sha256, size, header_size, first_piece, created, refs, digest)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_PIECE = "INSERT INTO piece (id, bytes) VALUES (?, ?)";
  private static final String INSERT_UNREFERENCED =
      "INSERT INTO unreferenced (content, since) VALUES (?, ?)";
  private static final String DELETE_UNREFERENCED = "DELETE FROM unreferenced WHERE content = ?";
  private static final String ADD_REFERENCES = "UPDATE content SET refs = refs + ? WHERE id = ?";
  private static final String REFERENCES = "SELECT refs FROM content WHERE id = ?";
  private static final String WITHOUT_REFERENCES =
      "SELECT id FROM content WHERE id = ANY(?) AND refs = 0";
  private static final String LAYOUTS =
      "SELECT id, size, header_size, first_piece FROM content WHERE id";
  private static final String DIGESTS = "SELECT id, digest FROM content WHERE id";
  private static final String CHECKSUMS = "SELECT id, sha256 FROM content WHERE id";
  private static final String PIECES = "SELECT id, bytes FROM piece WHERE id";
  private static final String DELETE_CONTENT = "DELETE FROM content WHERE id = ?";
  private static final String DELETE_PIECES = "DELETE FROM piece WHERE id BETWEEN ? AND ?";

  private ContentRows() {}

  /** How a content is cut into pieces. */
  record Layout(long size, long headerSize, int firstPiece) {
    /** How many pieces there are. */
    int pieces() {
      return 1 + Math.toIntExact((size - firstPiece + PIECE - 1) / PIECE);
    }

    /** The number of the piece that holds that octet. */
    int pieceAt(long offset) {
      return offset < firstPiece ? 0 : 1 + Math.toIntExact((offset - firstPiece) / PIECE);
    }

    /** The offset at which that piece starts. */
    long start(int piece) {
      return piece == 0 ? 0 : firstPiece + (piece - 1L) * PIECE;
    }
  }

  static long pieceId(long content, int no) {
    return content << 16 | no;
  }

  /** Makes the staged content one with that many references more, and returns its id. */
  static long take(Transaction tx, StagedContent staged, long references, long now)
      throws SQLException {
    long known = staged.contentId();
    if (known != 0) {
      addReferences(tx, Map.of(known, references));
      forgetUnreferenced(tx, known);
      return known;
    }
    long id = staged.stageId();
    if (id == 0) {
      id = tx.nextContentId();
    } else {
      forgetUnreferenced(tx, id);
    }
    insertPieces(tx, id, staged.firstWaiting(), staged.waiting());
    PreparedStatement insert = tx.insert(INSERT_CONTENT);
    insert.setLong(1, id);
    insert.setBytes(2, staged.sha256());
    insert.setLong(3, staged.size());
    insert.setLong(4, staged.digest().headerSize());
    insert.setInt(5, staged.firstPiece());
    insert.setLong(6, now);
    insert.setLong(7, references);
    insert.setBytes(8, staged.digestBytes());
    insert.addBatch();
    return id;
  }

  /** Adds a reference to a content that is there, perhaps without any. */
  static void refer(Transaction tx, long content) throws SQLException {
    addReferences(tx, Map.of(content, 1L));
    forgetUnreferenced(tx, content);
  }

  static void insertPieces(Transaction tx, long content, int firstNo, List<byte[]> pieces)
      throws SQLException {
    PreparedStatement insert = tx.insert(INSERT_PIECE);
    int no = firstNo;
    for (byte[] piece : pieces) {
      insert.setLong(1, pieceId(content, no++));
      insert.setBytes(2, piece);
      insert.addBatch();
    }
  }

  static void insertUnreferenced(Transaction tx, long content, long now) throws SQLException {
    PreparedStatement insert = tx.insert(INSERT_UNREFERENCED);
    insert.setLong(1, content);
    insert.setLong(2, now);
    insert.addBatch();
  }

  private static void forgetUnreferenced(Transaction tx, long content) throws SQLException {
    tx.flush();
    PreparedStatement delete = tx.update(DELETE_UNREFERENCED);
    delete.setLong(1, content);
    delete.executeUpdate();
  }

  /** Adds to the references of contents, which all exist. */
  static void addReferences(Transaction tx, Map<Long, Long> counts) throws SQLException {
    tx.flush();
    PreparedStatement update = tx.update(ADD_REFERENCES);
    for (Map.Entry<Long, Long> count : counts.entrySet()) {
      update.setLong(1, count.getValue());
      update.setLong(2, count.getKey());
      update.addBatch();
    }
    for (int rows : update.executeBatch()) {
      if (rows == 0) {
        throw new SQLException("a content that is referred to is not there");
      }
    }
  }

  /** Takes references away; contents that lose their last one are to be swept. */
  static void release(Transaction tx, Map<Long, Long> counts, long now) throws SQLException {
    Map<Long, Long> negative = new HashMap<>();
    counts.forEach((content, count) -> negative.put(content, -count));
    addReferences(tx, negative);
    PreparedStatement query = tx.query(WITHOUT_REFERENCES);
    query.setArray(1, tx.connection().createArrayOf("BIGINT", counts.keySet().toArray()));
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        insertUnreferenced(tx, rs.getLong(1), now);
      }
    }
  }

  private static long references(Transaction tx, long content) throws SQLException {
    PreparedStatement query = tx.query(REFERENCES);
    query.setLong(1, content);
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? rs.getLong(1) : 0;
    }
  }

  /** Deletes a content that nothing refers to, or a stage; returns how many rows went. */
  static long deleteUnreferenced(Transaction tx, long content) throws SQLException {
    tx.flush();
    if (references(tx, content) != 0) {
      return 0;
    }
    PreparedStatement pieces = tx.update(DELETE_PIECES);
    pieces.setLong(1, pieceId(content, 0));
    pieces.setLong(2, pieceId(content, 0xFFFF));
    long rows = pieces.executeUpdate();
    PreparedStatement delete = tx.update(DELETE_CONTENT);
    delete.setLong(1, content);
    rows += delete.executeUpdate();
    forgetUnreferenced(tx, content);
    return rows + 1;
  }

  static Map<Long, Layout> layouts(Connection connection, List<Long> contents) throws SQLException {
    Map<Long, Layout> result = HashMap.newHashMap(contents.size());
    try (PreparedStatement query = byIds(connection, LAYOUTS, contents);
        ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        result.put(rs.getLong(1), new Layout(rs.getLong(2), rs.getLong(3), rs.getInt(4)));
      }
    }
    return result;
  }

  /** The SHA-256 of a content that exists. */
  static byte[] checksum(Connection connection, long content) throws SQLException {
    return checksums(connection, List.of(content)).values().iterator().next();
  }

  /** The SHA-256 of those of the contents that exist. */
  static Map<Long, byte[]> checksums(Connection connection, List<Long> contents)
      throws SQLException {
    Map<Long, byte[]> result = HashMap.newHashMap(contents.size());
    each(byIds(connection, CHECKSUMS, contents), result::put);
    return result;
  }

  /** The digests of those contents, perhaps with others. */
  static Map<Long, byte[]> digests(Connection connection, List<Long> contents) throws SQLException {
    Map<Long, byte[]> result = HashMap.newHashMap(contents.size());
    each(byIds(connection, DIGESTS, contents), result::put);
    return result;
  }

  /** Hands over those of the pieces that exist, in any order. */
  static void pieces(Connection connection, List<Long> pieceIds, BiConsumer<Long, byte[]> each)
      throws SQLException {
    if (!pieceIds.isEmpty()) {
      each(byKeys(connection, PIECES, pieceIds), each);
    }
  }

  /** Hands over all pieces of the contents from the first to the last. */
  static void allPieces(
      Connection connection, long firstContent, long lastContent, BiConsumer<Long, byte[]> each)
      throws SQLException {
    each(byRange(connection, PIECES, pieceId(firstContent, 0), pieceId(lastContent, 0xFFFF)), each);
  }

  /**
   * The rows of those ids (ascending), perhaps with others that lie between: H2 reads a range about
   * four times as fast as it finds the same rows one by one.
   */
  private static PreparedStatement byIds(Connection connection, String sql, List<Long> ids)
      throws SQLException {
    long first = ids.getFirst();
    long last = ids.getLast();
    return last - first < 2L * ids.size()
        ? byRange(connection, sql, first, last)
        : byKeys(connection, sql, ids);
  }

  private static PreparedStatement byRange(Connection connection, String sql, long first, long last)
      throws SQLException {
    PreparedStatement query = connection.prepareStatement(sql + " BETWEEN ? AND ?");
    query.setLong(1, first);
    query.setLong(2, last);
    return query;
  }

  private static PreparedStatement byKeys(Connection connection, String sql, List<Long> keys)
      throws SQLException {
    PreparedStatement query = connection.prepareStatement(sql + " = ANY(?)");
    query.setArray(1, connection.createArrayOf("BIGINT", keys.toArray()));
    return query;
  }

  /** Runs the query, and closes it. */
  private static void each(PreparedStatement statement, BiConsumer<Long, byte[]> each)
      throws SQLException {
    try (statement;
        ResultSet rs = statement.executeQuery()) {
      while (rs.next()) {
        each.accept(rs.getLong(1), rs.getBytes(2));
      }
    }
  }
}
