package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentDigest;

/**
 * Reads contents in bulk. Where a query of many meets a page that is damaged, each content is asked
 * for alone, so that only those that lie there are refused; they go into quarantine.
 */
final class ContentReader {
  /** Contents asked for in one query. */
  private static final int CHUNK = 250;

  /** Octets read in one query, so that many readers stay within bounded memory. */
  private static final long READ_OCTETS = 4 << 20;

  /** Contents with consecutive ids that are worth a query of their own. */
  private static final int RUN = 8;

  /** Pieces read in one query by {@link #copy}. */
  private static final int COPY_PIECES = 4;

  private final Database database;
  private final Quarantine quarantine;

  ContentReader(Database database, Quarantine quarantine) {
    this.database = database;
    this.quarantine = quarantine;
  }

  boolean isDamaged(ContentId content) {
    return quarantine.has(content.value());
  }

  void digests(List<ContentId> contents, Contents.DigestSink sink) throws IOException {
    for (List<ContentId> chunk : chunks(contents)) {
      Map<Long, byte[]> digests = byId(chunk, ContentRows::digests);
      for (ContentId content : chunk) {
        ContentDigest digest = digest(content, digests.get(content.value()));
        if (digest == null) {
          sink.damaged(content);
        } else {
          sink.digest(content, digest);
        }
      }
    }
  }

  /** The digest, or null when it is damaged. */
  private @Nullable ContentDigest digest(ContentId content, byte @Nullable [] bytes) {
    if (bytes == null) {
      requireQuarantined(content);
      return null;
    }
    try {
      return ContentDigest.fromBytes(bytes);
    } catch (IllegalArgumentException e) {
      return null; // the check says so, and can mend it
    }
  }

  private void requireQuarantined(ContentId content) {
    if (!quarantine.has(content.value())) {
      throw gone();
    }
  }

  private interface Rows<T> {
    Map<Long, T> read(Connection connection, List<Long> contents) throws SQLException;
  }

  /** Rows of contents by id, without those that are gone or damaged. */
  private <T> Map<Long, T> byId(List<ContentId> contents, Rows<T> rows) {
    List<Long> ids = contents.stream().map(ContentId::value).sorted().toList();
    try {
      return database.read(connection -> rows.read(connection, ids));
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      if (ids.size() == 1) {
        quarantine.add(ids.getFirst(), e);
        return Map.of();
      }
      Map<Long, T> found = new HashMap<>();
      contents.stream().distinct().forEach(each -> found.putAll(byId(List.of(each), rows)));
      return found;
    }
  }

  /** Hands over whole contents, or only their headers. */
  void read(List<ContentId> contents, boolean headerOnly, Contents.BytesSink sink)
      throws IOException {
    for (List<ContentId> chunk : chunks(contents)) {
      Map<Long, ContentRows.Layout> layouts = byId(chunk, ContentRows::layouts);
      int from = 0;
      while (from < chunk.size()) {
        long octets = 0;
        int to = from;
        Map<Long, Buffer> buffers = new HashMap<>();
        while (to < chunk.size() && (to == from || octets < READ_OCTETS)) {
          ContentId content = chunk.get(to++);
          ContentRows.Layout layout = layouts.get(content.value());
          if (layout == null) {
            requireQuarantined(content);
          } else if (headerOnly || !quarantine.has(content.value())) {
            // a header that can be read is shown though the rest is damaged
            buffers.computeIfAbsent(content.value(), id -> new Buffer(layout, headerOnly));
            octets += headerOnly ? layout.headerSize() : layout.size();
          }
        }
        fill(buffers);
        hand(chunk.subList(from, to), buffers, sink);
        from = to;
      }
    }
  }

  /** Takes the pieces of a content as they come. */
  private static final class Buffer {
    private final ContentRows.Layout layout;
    private final byte[] bytes;
    private int filled;

    /** Why it could not be filled, where a query said so. */
    private @Nullable StorageException failure;

    Buffer(Buffer emptied) {
      this.layout = emptied.layout;
      this.bytes = new byte[emptied.bytes.length];
    }

    Buffer(ContentRows.Layout layout, boolean headerOnly) {
      this.layout = layout;
      this.bytes = new byte[Math.toIntExact(headerOnly ? layout.headerSize() : layout.size())];
    }

    void put(int no, byte[] piece) {
      long start = layout.start(no);
      if (start < bytes.length) {
        int length = Math.min(piece.length, bytes.length - (int) start);
        System.arraycopy(piece, 0, bytes, (int) start, length);
        filled += length;
      }
    }

    boolean isFull() {
      return filled == bytes.length;
    }
  }

  private void fill(Map<Long, Buffer> buffers) {
    try {
      query(buffers);
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      if (buffers.size() > 1) {
        buffers.replaceAll((id, buffer) -> new Buffer(buffer));
        buffers.forEach((id, buffer) -> fill(new HashMap<>(Map.of(id, buffer))));
      } else {
        buffers.values().forEach(buffer -> buffer.failure = e);
      }
    }
  }

  private void query(Map<Long, Buffer> buffers) {
    List<long[]> ranges = new ArrayList<>();
    List<Long> pieces = new ArrayList<>();
    List<Long> ids = buffers.keySet().stream().sorted().toList();
    int from = 0;
    while (from < ids.size()) {
      int to = from;
      long octets = 0;
      while (to < ids.size()
          && ids.get(to) - ids.get(from) == to - from
          && (to == from || octets < 2 * READ_OCTETS)) {
        octets += require(buffers.get(ids.get(to++))).layout.size();
      }
      if (to - from >= RUN && octets < 2 * READ_OCTETS) {
        ranges.add(new long[] {ids.get(from), ids.get(to - 1)});
      } else {
        for (long id : ids.subList(from, to)) {
          addPieces(id, require(buffers.get(id)), pieces);
        }
      }
      from = to;
    }
    BiConsumer<Long, byte[]> target =
        (id, bytes) -> {
          Buffer buffer = buffers.get(id >> 16);
          if (buffer != null) {
            buffer.put((int) (id & 0xFFFF), bytes);
          }
        };
    database.read(connection -> {
      for (long[] range : ranges) {
        ContentRows.allPieces(connection, range[0], range[1], target);
      }
      ContentRows.pieces(connection, pieces, target);
      return true;
    });
  }

  private static void addPieces(long id, Buffer buffer, List<Long> pieces) {
    int last = buffer.bytes.length == 0 ? -1 : buffer.layout.pieceAt(buffer.bytes.length - 1L);
    for (int no = 0; no <= last; no++) {
      pieces.add(ContentRows.pieceId(id, no));
    }
  }

  private void hand(List<ContentId> contents, Map<Long, Buffer> buffers, Contents.BytesSink sink)
      throws IOException {
    Set<Long> handed = new HashSet<>();
    for (ContentId content : contents) {
      Buffer buffer = buffers.get(content.value());
      if (buffer != null && !buffer.isFull()) {
        missing(content, buffer.failure);
        buffer = null;
      }
      if (buffer == null) {
        sink.damaged(content);
      } else {
        sink.content(content, handed.add(content.value()) ? buffer.bytes : buffer.bytes.clone());
      }
    }
  }

  /** A piece is not there, or not readable. @throws StorageException when all of it was swept */
  private void missing(ContentId content, @Nullable StorageException failure) {
    if (byId(List.of(content), ContentRows::layouts).isEmpty()) {
      requireQuarantined(content);
    }
    if (failure == null) {
      quarantine.add(content.value(), Quarantine.UNREADABLE);
    } else {
      quarantine.add(content.value(), failure);
    }
  }

  /** See {@link Contents#copy}. */
  void copy(ContentId content, long offset, long length, OutputStream out) throws IOException {
    long id = content.value();
    ContentRows.Layout layout = byId(List.of(content), ContentRows::layouts).get(id);
    if (layout == null) {
      requireQuarantined(content);
    }
    if (layout == null || quarantine.has(id)) {
      throw Quarantine.damaged();
    }
    long position = Math.max(0, offset);
    long end = length > layout.size() - position ? layout.size() : position + length;
    while (position < end) {
      int first = layout.pieceAt(position);
      int last = Math.min(layout.pieceAt(end - 1), first + COPY_PIECES - 1);
      Map<Long, byte[]> pieces = pieces(content, first, last);
      for (int no = first; no <= last; no++) {
        byte[] bytes = pieces.get(ContentRows.pieceId(id, no));
        int from = Math.toIntExact(position - layout.start(no));
        int n = bytes == null ? -1 : (int) Math.min(bytes.length - from, end - position);
        if (bytes == null || n <= 0) {
          missing(content, null);
          throw Quarantine.damaged();
        }
        out.write(bytes, from, n);
        position += n;
      }
    }
  }

  private Map<Long, byte[]> pieces(ContentId content, int first, int last) {
    List<Long> ids = new ArrayList<>();
    for (int no = first; no <= last; no++) {
      ids.add(ContentRows.pieceId(content.value(), no));
    }
    Map<Long, byte[]> pieces = new HashMap<>();
    try {
      database.read(connection -> {
        ContentRows.pieces(connection, ids, pieces::put);
        return true;
      });
    } catch (StorageException e) {
      if (e.reason() == DAMAGED) {
        quarantine.add(content.value(), e);
      }
      throw e;
    }
    return pieces;
  }

  private static List<List<ContentId>> chunks(List<ContentId> contents) {
    List<List<ContentId>> chunks = new ArrayList<>();
    for (int i = 0; i < contents.size(); i += CHUNK) {
      chunks.add(contents.subList(i, Math.min(contents.size(), i + CHUNK)));
    }
    return chunks;
  }

  private static <T> T require(@Nullable T found) {
    if (found == null) {
      throw gone();
    }
    return found;
  }

  private static StorageException gone() {
    return new StorageException(NOT_FOUND, "The message is not there any more");
  }
}
