package org.postrider.storage.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.jspecify.annotations.Nullable;

/**
 * A copy of H2's store header: a map in text with a checksum, which names the chunk at which
 * recovery starts. It fits a sector.
 */
final class StoreHeader {
  /** What a disk writes whole or not at all. A chunk's header begins in its first sector. */
  static final int SECTOR = 512;

  /** Octets of a block, in which H2 counts places. */
  static final int BLOCK = 4096;

  /** Where the two copies begin. */
  static final long[] COPIES = {0, BLOCK};

  /** Octets of both copies with the blocks they are in. */
  static final int OCTETS = 2 * BLOCK;

  private static final String UNFINISHED = "unfinished chunk ";
  private static final String CHECKSUM = "fletcher";
  private static final String CLOSED = "clean";

  private final Map<String, String> fields;

  private StoreHeader(Map<String, String> fields) {
    this.fields = fields;
  }

  /** Reads a copy; null when there is none, or a damaged one. */
  static @Nullable StoreHeader read(ByteBuffer copy) {
    String text = text(copy);
    int end = text.lastIndexOf("," + CHECKSUM + ":");
    if (end < 0) {
      return null;
    }
    byte[] checked = text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
    try {
      long checksum = DataUtils.parseHexLong(text.substring(end + CHECKSUM.length() + 2).strip());
      return (int) checksum == DataUtils.getFletcher32(checked, 0, checked.length)
          ? new StoreHeader(DataUtils.parseMap(text.substring(0, end)))
          : null;
    } catch (RuntimeException e) {
      return null; // H2 throws its own exceptions for what is no such map
    }
  }

  /** The version of the chunk that is named. */
  long version() {
    return DataUtils.readHexLong(fields, "version", 0);
  }

  /** The block at which that chunk begins. */
  long block() {
    return DataUtils.readHexLong(fields, "block", 0);
  }

  /**
   * This header with a newer chunk, as of a store that was not closed.
   *
   * @param start the first sector of a write
   * @param block the block it goes to
   * @return null when that write is not a newer chunk
   */
  @Nullable StoreHeader naming(ByteBuffer start, long block) {
    String text = text(start);
    if (!text.startsWith("chunk:")) {
      return null;
    }
    Map<String, String> chunk = DataUtils.parseMap(text.strip());
    return DataUtils.readHexLong(chunk, "version", 0) <= version() ? null : naming(chunk, block);
  }

  private StoreHeader naming(Map<String, String> chunk, long block) {
    Map<String, String> named = new HashMap<>(fields);
    named.remove(CLOSED);
    named.put("block", Long.toHexString(block));
    named.put("chunk", chunk.get("chunk"));
    named.put("version", chunk.get("version"));
    return new StoreHeader(named);
  }

  /** This header with any chunk, as of a store that was not closed. */
  StoreHeader with(ByteBuffer start, long block) {
    return naming(DataUtils.parseMap(text(start).strip()), block);
  }

  /** Whether it says that the file was closed in order. */
  boolean isClosedInOrder() {
    return fields.containsKey(CLOSED);
  }

  /** This header as of a file that was closed in order. */
  StoreHeader closed() {
    StoreHeader closed = new StoreHeader(new HashMap<>(fields));
    closed.fields.put(CLOSED, "1");
    return closed;
  }

  /** This header as of a file that is open, or was not closed in order. */
  StoreHeader opened() {
    StoreHeader opened = new StoreHeader(new HashMap<>(fields));
    opened.fields.remove(CLOSED);
    return opened;
  }

  /** The version of the chunk that begins so, or -1 when none does. */
  static long chunkVersion(ByteBuffer start) {
    return chunkNumber(start, "version");
  }

  /** When the chunk that begins so was written, in milliseconds since the store was made, or -1. */
  static long chunkTime(ByteBuffer start) {
    return chunkNumber(start, "time");
  }

  private static long chunkNumber(ByteBuffer start, String field) {
    String text = text(start);
    try {
      return text.startsWith("chunk:")
          ? DataUtils.readHexLong(DataUtils.parseMap(text.strip()), field, -1)
          : -1;
    } catch (RuntimeException e) {
      return -1; // damaged
    }
  }

  /** When the store was made, epoch milliseconds. */
  long created() {
    return DataUtils.readHexLong(fields, "created", 0);
  }

  /** What stands in the first sector of the chunk that is named, until the chunk is whole. */
  ByteBuffer unfinished() {
    byte[] text = (UNFINISHED + version()).getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.wrap(Arrays.copyOf(text, SECTOR));
  }

  /** Reads the sector that begins there; shorter where the file ends. */
  static ByteBuffer readSector(FileChannel file, long position) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    while (sector.hasRemaining() && file.read(sector, position + sector.position()) > 0) {
      // until it is full, or the file ends
    }
    return sector.flip();
  }

  /** The copy's first sector. */
  ByteBuffer toSector() {
    StringBuilder text = DataUtils.appendMap(new StringBuilder(), new HashMap<>(fields));
    byte[] checked = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    DataUtils.appendMap(text, CHECKSUM, DataUtils.getFletcher32(checked, 0, checked.length));
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    sector.put(text.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1));
    return sector.rewind();
  }

  /** What is before the line end, which both maps have. */
  private static String text(ByteBuffer octets) {
    String text = StandardCharsets.ISO_8859_1.decode(octets.duplicate()).toString();
    int length = text.indexOf('\n');
    return length < 0 ? "" : text.substring(0, length);
  }
}
