package org.postrider.storage.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of a database's file, and the one that H2 takes. When the beginning of a chunk
 * is damaged, H2 goes back to the last version that does not need it, without a word, and soon
 * writes over what came after. After a loss of power alone it is right to go back over one chunk
 * that was never whole, and over no other. So both are asked before anything is written.
 *
 * @param newest the version of the newest chunk that was ever whole
 * @param opened the version that H2 takes, -1 when it takes none
 */
public record NewestState(long newest, long opened) {
  /** A chunk. */
  private record Chunk(long version, long block, ByteBuffer start) {}

  /** Whether nothing that was durable is left out. */
  public boolean isOpened() {
    return opened >= newest;
  }

  /**
   * Looks at a file that this process does not have open.
   *
   * @param path as H2 knows it, with its scheme
   * @return null when there is no database, or another process has it open
   */
  public static @Nullable NewestState of(String path) throws IOException {
    FilePath file = FilePath.get(path);
    if (!file.exists() || file.size() <= StoreHeader.OCTETS) {
      return null;
    }
    long opened;
    try (MVStore store =
        new MVStore.Builder().fileName(path).readOnly().autoCommitDisabled().open()) {
      opened = store.getCurrentVersion();
    } catch (MVStoreException e) {
      if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
        return null;
      }
      opened = -1;
    }
    try (FileChannel channel = file.open("r")) {
      Chunk newest = newest(channel);
      return new NewestState(newest == null ? 0 : newest.version, opened);
    }
  }

  /**
   * Lets H2 take the newest state: as if the file had been closed in order, since then it does not
   * look at the beginnings of all chunks, of which one is damaged, and reads what is behind them;
   * or as if not, since then it does without chunks of which nothing is needed.
   *
   * @return whether it does so now; if not, the file is as it was
   */
  public static boolean take(String path) throws IOException {
    return point(path, NewestState::newest);
  }

  /**
   * Lets H2 take that version, though newer ones were durable: what came after is lost.
   *
   * @return whether it does so now; if not, the file is as it was
   */
  public static boolean goBack(String path, long version) throws IOException {
    return point(path, channel -> find(channel, version));
  }

  /** When that version was written; null when it is not there any more. */
  public static @Nullable Instant time(String path, long version) throws IOException {
    try (FileChannel channel = FilePath.get(path).open("r")) {
      Chunk chunk = find(channel, version);
      List<StoreHeader> copies = copies(channel);
      return chunk == null || copies.isEmpty()
          ? null
          : Instant.ofEpochMilli(copies.getFirst().created() + StoreHeader.chunkTime(chunk.start));
    }
  }

  private interface Choice {
    @Nullable Chunk of(FileChannel channel) throws IOException;
  }

  private static boolean point(String path, Choice choice) throws IOException {
    Chunk chunk;
    StoreHeader named;
    ByteBuffer before = ByteBuffer.allocate(StoreHeader.OCTETS);
    try (FileChannel channel = FilePath.get(path).open("r")) {
      chunk = choice.of(channel);
      List<StoreHeader> copies = copies(channel);
      if (chunk == null || StoreHeader.chunkVersion(chunk.start) < 0 || copies.isEmpty()) {
        return false;
      }
      while (before.hasRemaining() && channel.read(before, before.position()) > 0) {
        // both copies
      }
      named = copies.getFirst().with(chunk.start, chunk.block);
    }
    for (StoreHeader way : List.of(named.closed(), named)) {
      writeCopies(path, way.toSector());
      NewestState now = of(path);
      if (now != null && now.opened == chunk.version) {
        return true;
      }
    }
    write(path, before.rewind());
    return false;
  }

  private static void writeCopies(String path, ByteBuffer sector) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(StoreHeader.OCTETS);
    for (long copy : StoreHeader.COPIES) {
      header.put((int) copy, sector, 0, StoreHeader.SECTOR);
    }
    write(path, header);
  }

  private static void write(String path, ByteBuffer header) throws IOException {
    try (FileChannel channel = FilePath.get(path).open("rw");
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw new IOException("another process has it open");
      }
      channel.write(header, 0);
      channel.force(false);
    }
  }

  private static List<StoreHeader> copies(FileChannel channel) throws IOException {
    List<StoreHeader> copies = new ArrayList<>();
    for (long copy : StoreHeader.COPIES) {
      StoreHeader read = StoreHeader.read(StoreHeader.readSector(channel, copy));
      if (read != null) {
        copies.add(read);
      }
    }
    return copies;
  }

  /** The newest chunk that was ever whole; its start may be damaged. Null before the first. */
  private static @Nullable Chunk newest(FileChannel channel) throws IOException {
    List<StoreHeader> copies = copies(channel);
    if (copies.size() < StoreHeader.COPIES.length) {
      // The damaged copy may have named a newer one than the other does.
      return scan(channel, Long.MAX_VALUE);
    }
    StoreHeader one = copies.getFirst();
    StoreHeader other = copies.getLast();
    StoreHeader newer = one.version() > other.version() ? one : other;
    StoreHeader older = newer == one ? other : one;
    ByteBuffer start = start(channel, newer.block());
    if (start.equals(newer.unfinished())) {
      newer = older;
      start = start(channel, newer.block());
    }
    return newer.version() == 0 ? null : new Chunk(newer.version(), newer.block(), start);
  }

  private static ByteBuffer start(FileChannel channel, long block) throws IOException {
    return StoreHeader.readSector(channel, block * StoreHeader.BLOCK);
  }

  private static @Nullable Chunk find(FileChannel channel, long version) throws IOException {
    Chunk found = scan(channel, version);
    return found == null || found.version != version ? null : found;
  }

  /** The newest chunk up to that version of all in the file. */
  private static @Nullable Chunk scan(FileChannel channel, long most) throws IOException {
    Chunk newest = null;
    long blocks = channel.size() / StoreHeader.BLOCK;
    for (long block = StoreHeader.COPIES.length; block < blocks; block++) {
      ByteBuffer start = start(channel, block);
      long version = StoreHeader.chunkVersion(start);
      if (version <= most && version > (newest == null ? 0 : newest.version)) {
        newest = new Chunk(version, block, start);
      }
    }
    return newest;
  }
}
