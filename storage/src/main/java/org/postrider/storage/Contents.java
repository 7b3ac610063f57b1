package org.postrider.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentDigest;

/**
 * The immutable bytes of messages, kept in pieces, with what was computed about them when they
 * came. A content that was swept meanwhile is {@link StorageException} NOT_FOUND; one that the disk
 * does not give back as it came is DAMAGED.
 */
public final class Contents {
  private final Database database;
  private final Writer writer;
  private final StoreSettings settings;
  private final Clock clock;
  private final Sweep sweep;
  private final ContentReader reader;
  private final Quarantine quarantine;
  private final FreshContents fresh = new FreshContents();

  /** Contents that somebody here is about to refer to; the sweep leaves them alone. */
  private final Set<Long> held = ConcurrentHashMap.newKeySet();

  private volatile LongConsumer sweptToo = content -> {};

  /** How many want all contents to stay. */
  private final AtomicInteger holdsOfAll = new AtomicInteger();

  Contents(
      Database database,
      Writer writer,
      Quarantine quarantine,
      StoreSettings settings,
      Clock clock) {
    this.database = database;
    this.writer = writer;
    this.settings = settings;
    this.clock = clock;
    this.quarantine = quarantine;
    this.reader = new ContentReader(database, quarantine);
    this.sweep =
        new Sweep(
            database,
            writer,
            this::isHeld,
            this::swept,
            settings.retention(),
            settings.auditRetention(),
            clock);
  }

  /** Called with the digest of each content. */
  @FunctionalInterface
  public interface DigestSink {
    void digest(ContentId content, ContentDigest digest) throws IOException;

    /** Called in place of {@link #digest} when it cannot be read back. */
    default void damaged(ContentId content) throws IOException {
      throw Quarantine.damaged();
    }
  }

  /** Called with the whole bytes of each content in turn; {@code bytes} is the callee's to keep. */
  @FunctionalInterface
  public interface BytesSink {
    void content(ContentId content, byte[] bytes) throws IOException;

    /** Called in place of {@link #content} when the bytes cannot be read back as they came. */
    default void damaged(ContentId content) throws IOException {
      throw Quarantine.damaged();
    }
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
    List<ContentDigest> found = new ArrayList<>();
    try {
      digests(List.of(content), (id, digest) -> found.add(digest));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return found.getFirst();
  }

  /** The digests of many contents, in the order given, in few queries. */
  public void digests(List<ContentId> contents, DigestSink sink) throws IOException {
    reader.digests(contents, sink);
  }

  /**
   * The header with its empty line, as received; at most {@code ContentDigest.headerSize} octets.
   */
  public byte[] header(ContentId content) {
    FreshContents.Fresh known = fresh(content);
    if (known != null) {
      return known.header();
    }
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try {
      headers(List.of(content), (id, bytes) -> header.writeBytes(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return header.toByteArray();
  }

  /** Whether the content is known to be damaged: only its header may still be readable. */
  public boolean isDamaged(ContentId content) {
    return reader.isDamaged(content);
  }

  /** The headers of many contents, in the order given, in few queries. */
  public void headers(List<ContentId> contents, BytesSink sink) throws IOException {
    reader.read(contents, true, sink);
  }

  /**
   * Whole contents, in the order given, in few queries. For small messages: the caller sees to it
   * that the sizes add up to what memory can bear.
   */
  public void bytes(List<ContentId> contents, BytesSink sink) throws IOException {
    reader.read(contents, false, sink);
  }

  /**
   * Copies {@code length} octets from {@code offset} on (less when the content ends) to {@code
   * out}, piece by piece.
   */
  public void copy(ContentId content, long offset, long length, OutputStream out)
      throws IOException {
    FreshContents.Fresh known = fresh(content);
    if (known == null) {
      reader.copy(content, offset, length, out);
    } else if (offset < known.octets().length) {
      long left = known.octets().length - offset;
      out.write(known.octets(), (int) offset, (int) Math.min(length, left));
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

  /** Has that hear of each content that was swept; it must return at once. */
  public void whenSwept(LongConsumer then) {
    sweptToo = then;
  }

  private void swept(long content) {
    quarantine.remove(content);
    sweptToo.accept(content);
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

  /** A piece that went ahead. */
  byte[] stagedPiece(long stageId, int no) {
    Map<Long, byte[]> found = new HashMap<>();
    database.read(connection -> {
      ContentRows.pieces(connection, List.of(ContentRows.pieceId(stageId, no)), found::put);
      return true;
    });
    byte[] piece = found.get(ContentRows.pieceId(stageId, no));
    if (piece == null) {
      throw new StorageException(
          StorageException.Reason.UNAVAILABLE, "A piece that was stored ahead is not there");
    }
    return piece;
  }

  /** What is at hand of a content; not of one that is in quarantine, which nobody reads. */
  private FreshContents.@Nullable Fresh fresh(ContentId content) {
    return reader.isDamaged(content) ? null : fresh.find(content);
  }

  /** Keeps the octets of what was just queued at hand for a while. */
  void keepFresh(long id, StagedContent content) {
    fresh.keep(id, content);
  }

  /** Keeps the sweep from a content that is going to be referred to. */
  void hold(long content) {
    held.add(content);
  }

  void letGo(long content) {
    held.remove(content);
  }

  /** Keeps the sweep from all contents until the result is closed. */
  AutoCloseable holdAll() {
    holdsOfAll.incrementAndGet();
    return holdsOfAll::decrementAndGet;
  }

  private boolean isHeld(long content) {
    return holdsOfAll.get() > 0 || held.contains(content);
  }
}
