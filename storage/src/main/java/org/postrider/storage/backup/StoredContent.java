package org.postrider.storage.backup;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StoreExport;
import org.postrider.storage.StoreExport.Column;
import org.postrider.storage.StoreExport.Content;

/**
 * A content and where its bytes are in the backup.
 *
 * @param segment the number of a segment file; 0 when the bytes could not be read from the store
 * @param offset octets from the start of the segment
 * @param length octets there, compressed
 */
record StoredContent(Content content, int segment, long offset, long length) {
  static final List<Column> COLUMNS =
      List.of(
          new Column("id", StoreExport.Type.LONG),
          new Column("sha256", StoreExport.Type.BYTES),
          new Column("size", StoreExport.Type.LONG),
          new Column("created", StoreExport.Type.LONG),
          new Column("refs", StoreExport.Type.LONG),
          new Column("segment", StoreExport.Type.INT),
          new Column("offset", StoreExport.Type.LONG),
          new Column("length", StoreExport.Type.LONG));

  @Nullable Object[] row() {
    return new @Nullable Object[] {
      content.id(),
      content.sha256(),
      content.size(),
      content.created(),
      content.refs(),
      segment,
      offset,
      length
    };
  }

  /** Reads a row of such columns. */
  static StoredContent of(@Nullable Object[] row) {
    if (row[0] instanceof Long id
        && row[1] instanceof byte[] sha256
        && row[2] instanceof Long size
        && row[3] instanceof Long created
        && row[4] instanceof Long refs
        && row[5] instanceof Integer segment
        && row[6] instanceof Long offset
        && row[7] instanceof Long length) {
      return new StoredContent(
          new Content(id, sha256, size, created, refs), segment, offset, length);
    }
    throw new IllegalArgumentException("not a row of a content");
  }
}
