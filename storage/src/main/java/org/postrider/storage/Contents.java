package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.postrider.message.ContentDigest;

/**
 * The immutable bytes of messages, kept in pieces, with what was computed about them when they
 * came. A content that was swept meanwhile is {@link StorageException} NOT_FOUND.
 */
public final class Contents {
  /** Contents asked for in one query. */
  private static final int CHUNK = 250;

  /** Octets read in one query, so that many readers stay within bounded memory. */
  private static final long READ_OCTETS = 4 << 20;

  /** Contents with consecutive ids that are worth a query of their own. */
  private static final int RUN = 8;

  /** Pieces read in one query by {@link #copy}. */
  private static final int COPY_PIECES = 4;

  private final Database database;
  private final Writer writer;
  private final StoreSettings settings;
  private final Clock clock;
  private final Sweep sweep;

  /** Contents that somebody here is about to refer to; the sweep leaves them alone. */
  private final Set<Long> held = ConcurrentHashMap.newKeySet();

  Contents(Database database, Writer writer, StoreSettings settings, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.settings = settings;
    this.clock = clock;
    this.sweep = new Sweep(database, writer, held::contains, settings.retention(), clock);
  }

  /** Called with the digest of each content. */
  @FunctionalInterface
  public interface DigestSink {
    void digest(ContentId content, ContentDigest digest) throws IOException;
  }

  /** Called with the whole bytes of each content in turn; {@code bytes} is the callee's to keep. */
  @FunctionalInterface
  public interface BytesSink {
    void content(ContentId content, byte[] bytes) throws IOException;
  }

  /**
   * Starts to take a new content.
   *
   * @throws StorageException NO_SPACE when the disk is nearly full
   */
  public ContentWriter write() {
    database.space().requireForGrowth();
    return new ContentWriter(this, settings);
  }

  public ContentDigest digest(ContentId content) {
    byte[] bytes =
        database
            .read(connection -> ContentRows.digests(connection, List.of(content.value())))
            .get(content.value());
    return ContentDigest.fromBytes(require(bytes));
  }

  /** The digests of many contents, in the order given, in few queries. */
  public void digests(List<ContentId> contents, DigestSink sink) throws IOException {
    for (List<ContentId> chunk : chunks(contents)) {
      Map<Long, byte[]> digests =
          database.read(connection -> ContentRows.digests(connection, values(chunk)));
      for (ContentId content : chunk) {
        sink.digest(content, ContentDigest.fromBytes(require(digests.get(content.value()))));
      }
    }
  }

  /**
   * The header with its empty line, as received; at most {@code ContentDigest.headerSize} octets.
   */
  public byte[] header(ContentId content) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try {
      headers(List.of(content), (id, bytes) -> header.writeBytes(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return header.toByteArray();
  }

  /** The headers of many contents, in the order given, in few queries. */
  public void headers(List<ContentId> contents, BytesSink sink) throws IOException {
    read(contents, true, sink);
  }

  /**
   * Whole contents, in the order given, in few queries. For small messages: the caller sees to it
   * that the sizes add up to what memory can bear.
   */
  public void bytes(List<ContentId> contents, BytesSink sink) throws IOException {
    read(contents, false, sink);
  }

  private void read(List<ContentId> contents, boolean headerOnly, BytesSink sink)
      throws IOException {
    for (List<ContentId> chunk : chunks(contents)) {
      Map<Long, ContentRows.Layout> layouts =
          database.read(connection -> ContentRows.layouts(connection, values(chunk)));
      int from = 0;
      while (from < chunk.size()) {
        long octets = 0;
        int to = from;
        Map<Long, byte[]> buffers = new HashMap<>();
        while (to < chunk.size() && (to == from || octets < READ_OCTETS)) {
          long id = chunk.get(to++).value();
          ContentRows.Layout layout = require(layouts.get(id));
          int length = Math.toIntExact(headerOnly ? layout.headerSize() : layout.size());
          buffers.computeIfAbsent(id, key -> new byte[length]);
          octets += length;
        }
        fill(buffers, layouts);
        hand(chunk.subList(from, to), buffers, sink);
        from = to;
      }
    }
  }

  private void fill(Map<Long, byte[]> buffers, Map<Long, ContentRows.Layout> layouts) {
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
        octets += require(layouts.get(ids.get(to++))).size();
      }
      if (to - from >= RUN && octets < 2 * READ_OCTETS) {
        ranges.add(new long[] {ids.get(from), ids.get(to - 1)});
      } else {
        for (long id : ids.subList(from, to)) {
          addPieces(id, require(layouts.get(id)), require(buffers.get(id)).length, pieces);
        }
      }
      from = to;
    }
    database.read(connection -> {
      BiConsumer<Long, byte[]> target = (id, bytes) -> put(id, bytes, buffers, layouts);
      for (long[] range : ranges) {
        ContentRows.allPieces(connection, range[0], range[1], target);
      }
      ContentRows.pieces(connection, pieces, target);
      return true;
    });
  }

  private static void addPieces(long id, ContentRows.Layout layout, int length, List<Long> pieces) {
    int last = length == 0 ? -1 : layout.pieceAt(length - 1L);
    for (int no = 0; no <= last; no++) {
      pieces.add(ContentRows.pieceId(id, no));
    }
  }

  private static void put(
      long pieceId,
      byte[] bytes,
      Map<Long, byte[]> buffers,
      Map<Long, ContentRows.Layout> layouts) {
    byte[] buffer = require(buffers.get(pieceId >> 16));
    long start = require(layouts.get(pieceId >> 16)).start((int) (pieceId & 0xFFFF));
    if (start < buffer.length) {
      int length = Math.min(bytes.length, buffer.length - (int) start);
      System.arraycopy(bytes, 0, buffer, (int) start, length);
    }
  }

  private static void hand(List<ContentId> contents, Map<Long, byte[]> buffers, BytesSink sink)
      throws IOException {
    Set<Long> handed = new HashSet<>();
    for (ContentId content : contents) {
      byte[] bytes = require(buffers.get(content.value()));
      sink.content(content, handed.add(content.value()) ? bytes : bytes.clone());
    }
  }

  /**
   * Copies {@code length} octets from {@code offset} on (less when the content ends) to {@code
   * out}, piece by piece.
   */
  public void copy(ContentId content, long offset, long length, OutputStream out)
      throws IOException {
    long id = content.value();
    ContentRows.Layout layout =
        require(database.read(connection -> ContentRows.layouts(connection, List.of(id))).get(id));
    long position = Math.max(0, offset);
    long end = length > layout.size() - position ? layout.size() : position + length;
    while (position < end) {
      int first = layout.pieceAt(position);
      int last = Math.min(layout.pieceAt(end - 1), first + COPY_PIECES - 1);
      List<Long> ids = new ArrayList<>();
      for (int no = first; no <= last; no++) {
        ids.add(ContentRows.pieceId(id, no));
      }
      Map<Long, byte[]> pieces = new HashMap<>();
      database.read(connection -> {
        ContentRows.pieces(connection, ids, pieces::put);
        return true;
      });
      for (int no = first; no <= last; no++) {
        byte[] bytes = require(pieces.get(ContentRows.pieceId(id, no)));
        int from = Math.toIntExact(position - layout.start(no));
        int n = (int) Math.min(bytes.length - from, end - position);
        out.write(bytes, from, n);
        position += n;
      }
    }
  }

  /**
   * Deletes contents, expunged messages, removed mailboxes and abandoned stages past their
   * retention: at most about {@code batch} of each, in short transactions. Call again until it
   * returns 0.
   *
   * @return how many rows were deleted or released
   */
  public long sweep(int batch) {
    return sweep.run(batch);
  }

  /** Lets pieces go ahead; {@code stageId} is 0 for the first ones. Returns the stage's id. */
  long stage(long stageId, int firstNo, List<byte[]> pieces) {
    database.space().requireForGrowth();
    long octets = pieces.stream().mapToLong(piece -> piece.length).sum();
    long id =
        writer.submit(
            octets,
            tx -> {
              long content = stageId;
              if (content == 0) {
                content = tx.nextContentId();
                ContentRows.insertUnreferenced(tx, content, clock.millis());
              }
              ContentRows.insertPieces(tx, content, firstNo, pieces);
              return content;
            });
    hold(id);
    return id;
  }

  /** Keeps the sweep from a content that is going to be referred to. */
  void hold(long content) {
    held.add(content);
  }

  void letGo(long content) {
    held.remove(content);
  }

  private static List<Long> values(List<ContentId> contents) {
    return contents.stream().map(ContentId::value).sorted().toList();
  }

  private static List<List<ContentId>> chunks(List<ContentId> contents) {
    List<List<ContentId>> chunks = new ArrayList<>();
    for (int i = 0; i < contents.size(); i += CHUNK) {
      chunks.add(contents.subList(i, Math.min(contents.size(), i + CHUNK)));
    }
    return chunks;
  }

  private static <T> T require(@org.jspecify.annotations.Nullable T found) {
    if (found == null) {
      throw new StorageException(NOT_FOUND, "The message is not there any more");
    }
    return found;
  }
}
