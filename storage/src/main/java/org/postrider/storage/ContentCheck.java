package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentDigest;
import org.postrider.message.DigestBuilder;

/**
 * Reads contents with all their pieces, by ranges of ids, and compares their checksums. What is
 * damaged goes into quarantine, what is found right again comes out of it.
 */
final class ContentCheck {
  /** Contents whose rows are read at once; a digest may have a megabyte. */
  private static final int CONTENTS = 32;

  /** Pieces read at once. */
  private static final int PIECES = 64;

  private static final String PAGE =
      "SELECT id, sha256, size, header_size, first_piece, digest FROM content WHERE id BETWEEN ?"
          + " AND ? ORDER BY id LIMIT ?";
  private static final String PIECE_PAGE =
      "SELECT id, bytes FROM piece WHERE id BETWEEN ? AND ? ORDER BY id LIMIT " + PIECES;
  private static final String ORPHAN =
      "SELECT 1 FROM piece p WHERE p.id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM content c"
          + " WHERE c.id = ?) AND NOT EXISTS (SELECT 1 FROM unreferenced u WHERE u.content = ?)"
          + " LIMIT 1";

  /** Hears what is wrong. */
  interface Findings {
    /** The content was put into quarantine, or was there. */
    void damaged(long content, String why);

    /** The bytes are right, but the digest is not theirs. */
    void digest(long content);

    /** Pieces that belong to no content and to no stage. */
    void orphan(long content);
  }

  private final Database database;
  private final Quarantine quarantine;
  private final Findings findings;
  private final MessageDigest sha256 = ContentWriter.newSha256();
  private final List<Long> suspects = new ArrayList<>();
  private final List<Long> strays = new ArrayList<>();
  private final List<Long> sound = new ArrayList<>();
  private final List<Long> undigested = new ArrayList<>();
  private long contents;
  private long octets;

  private record Row(long id, byte[] sha256, ContentRows.Layout layout, byte[] digest) {}

  ContentCheck(Store store, Findings findings) {
    this.database = store.database();
    this.quarantine = store.quarantine();
    this.findings = findings;
  }

  /** Contents read so far. */
  long contents() {
    return contents;
  }

  /** Octets read so far. */
  long octets() {
    return octets;
  }

  /**
   * Checks the next contents, some dozens, and the pieces that lie between.
   *
   * @return the last id, or {@link Long#MAX_VALUE} when there are no more
   */
  long step(long after) {
    long[] last = {Long.MAX_VALUE};
    boolean[] once = {false};
    new IdScan(database, "content")
        .run(
            after + 1,
            Long.MAX_VALUE,
            CONTENTS,
            (connection, from, to, limit) -> {
              if (once[0]) {
                return to;
              }
              List<Row> rows = rows(connection, from, to, limit);
              once[0] = rows.size() == limit || from > after + 1;
              last[0] = rows.size() == limit ? rows.getLast().id : Long.MAX_VALUE;
              pieces(connection, rows, from, Math.min(last[0], Long.MAX_VALUE >> 16));
              return to;
            },
            (from, to) -> {});
    settle();
    return last[0];
  }

  private static List<Row> rows(Connection connection, long from, long to, int limit)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(PAGE)) {
      query.setLong(1, from);
      query.setLong(2, to);
      query.setInt(3, limit);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows.add(
              new Row(
                  rs.getLong(1),
                  rs.getBytes(2),
                  new ContentRows.Layout(rs.getLong(3), rs.getLong(4), rs.getInt(5)),
                  rs.getBytes(6)));
        }
      }
    }
    return rows;
  }

  /** Goes through rows and pieces side by side. */
  private void pieces(Connection connection, List<Row> rows, long first, long last)
      throws SQLException {
    int at = 0;
    long size = 0;
    long next = ContentRows.pieceId(first, 0);
    long end = ContentRows.pieceId(last, 0xFFFF);
    try (PreparedStatement query = connection.prepareStatement(PIECE_PAGE)) {
      while (true) {
        query.setLong(1, next);
        query.setLong(2, end);
        int count = 0;
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next()) {
            count++;
            next = rs.getLong(1) + 1;
            long content = rs.getLong(1) >> 16;
            while (at < rows.size() && rows.get(at).id < content) {
              finish(rows.get(at++), size);
              size = 0;
            }
            byte[] bytes = rs.getBytes(2);
            octets += bytes.length;
            if (at < rows.size() && rows.get(at).id == content) {
              size += bytes.length;
              sha256.update(bytes);
            } else if (strays.isEmpty() || strays.getLast() != content) {
              strays.add(content);
            }
          }
        } catch (SQLException e) {
          if (!database.dialect().isDamage(e)) {
            throw e;
          }
          // Which of them it is, is found out one by one.
          sha256.reset();
          rows.subList(at, rows.size()).forEach(row -> suspects.add(row.id));
          contents += rows.size() - at;
          return;
        }
        if (count < PIECES) {
          break;
        }
      }
    }
    while (at < rows.size()) {
      finish(rows.get(at++), size);
      size = 0;
    }
  }

  private void finish(Row row, long size) {
    contents++;
    byte[] checksum = sha256.digest();
    if (size != row.layout.size() || !Arrays.equals(checksum, row.sha256)) {
      suspects.add(row.id);
    } else {
      sound.add(row.id);
      if (!isDigest(row)) {
        undigested.add(row.id);
      }
    }
  }

  private static boolean isDigest(Row row) {
    try {
      ContentDigest digest = ContentDigest.fromBytes(row.digest);
      return digest.size() == row.layout.size()
          && digest.headerSize() == row.layout.headerSize()
          && digest.root().bodyOffset() <= row.layout.size();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return false; // what it says about the damage helps nobody
    }
  }

  /** Looks once more at what seemed wrong: a content may have come or gone meanwhile. */
  private void settle() {
    for (long content : suspects) {
      String why = damage(content);
      if (why == null) {
        sound.add(content);
      } else {
        quarantine.add(content, why);
        findings.damaged(content, why);
      }
    }
    sound.stream().filter(quarantine::has).forEach(quarantine::remove);
    undigested.forEach(findings::digest);
    for (long content : strays) {
      if (isStray(content)) {
        findings.orphan(content);
      }
    }
    suspects.clear();
    sound.clear();
    undigested.clear();
    strays.clear();
  }

  private boolean isStray(long content) {
    return database.readOneMoment(connection -> {
      try (PreparedStatement query = connection.prepareStatement(ORPHAN)) {
        query.setLong(1, ContentRows.pieceId(content, 0));
        query.setLong(2, ContentRows.pieceId(content, 0xFFFF));
        query.setLong(3, content);
        query.setLong(4, content);
        try (ResultSet rs = query.executeQuery()) {
          return rs.next();
        }
      }
    });
  }

  /** What is wrong with the bytes of a content, or null; null too when it was swept. */
  @Nullable String damage(long content) {
    try {
      return database.readOneMoment(connection -> damage(connection, content)).orElse(null);
    } catch (StorageException e) {
      if (e.reason() == DAMAGED) {
        return "the database pages of it cannot be read";
      }
      throw e;
    } catch (ArithmeticException e) {
      return "its size is impossible";
    }
  }

  private static Optional<String> damage(Connection connection, long content) throws SQLException {
    ContentRows.Layout layout = ContentRows.layouts(connection, List.of(content)).get(content);
    if (layout == null) {
      return Optional.empty();
    }
    MessageDigest sha256 = ContentWriter.newSha256();
    long size = 0;
    for (int no = 0; no < layout.pieces(); no++) {
      byte[] piece = piece(connection, content, no);
      if (piece == null) {
        return Optional.of("piece " + no + " of " + layout.pieces() + " is not there");
      }
      size += piece.length;
      sha256.update(piece);
    }
    if (size != layout.size()) {
      return Optional.of("it has " + size + " octets instead of " + layout.size());
    }
    return Arrays.equals(ContentRows.checksum(connection, content), sha256.digest())
        ? Optional.empty()
        : Optional.of("its checksum is another");
  }

  private static byte @Nullable [] piece(Connection connection, long content, int no)
      throws SQLException {
    List<byte[]> found = new ArrayList<>();
    ContentRows.pieces(
        connection, List.of(ContentRows.pieceId(content, no)), (id, bytes) -> found.add(bytes));
    return found.isEmpty() ? null : found.getFirst();
  }

  /**
   * Computes the digest of a content anew from its bytes.
   *
   * @throws StorageException DAMAGED, NOT_FOUND
   */
  static ContentDigest digest(Store store, long content) {
    DigestBuilder builder = new DigestBuilder();
    try {
      store
          .contents()
          .copy(
              new ContentId(content),
              0,
              Long.MAX_VALUE,
              new OutputStream() {
                @Override
                public void write(int b) {
                  write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                  builder.update(bytes, offset, length);
                }
              });
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return builder.finish();
  }
}
