package org.postrider.storage.fs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.jspecify.annotations.Nullable;

/**
 * A copy of H2's store header: a map in text with a checksum, which names the chunk at which
 * recovery starts. It fits a sector.
 */
final class StoreHeader {
  private static final String CHECKSUM = "fletcher";

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
    if (DataUtils.readHexLong(chunk, "version", 0) <= version()) {
      return null;
    }
    Map<String, String> named = new HashMap<>(fields);
    named.remove("clean");
    named.put("block", Long.toHexString(block));
    named.put("chunk", chunk.get("chunk"));
    named.put("version", chunk.get("version"));
    return new StoreHeader(named);
  }

  /** The copy's first sector. */
  ByteBuffer toSector(int octets) {
    StringBuilder text = DataUtils.appendMap(new StringBuilder(), new HashMap<>(fields));
    byte[] checked = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    DataUtils.appendMap(text, CHECKSUM, DataUtils.getFletcher32(checked, 0, checked.length));
    ByteBuffer sector = ByteBuffer.allocate(octets);
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
