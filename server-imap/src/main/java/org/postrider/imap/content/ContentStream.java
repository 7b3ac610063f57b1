package org.postrider.imap.content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;

/** Some octets of a content as a stream, read a piece at a time. */
public final class ContentStream extends InputStream {
  private static final int PIECE = 64 << 10;

  private final Contents contents;
  private final ContentId content;
  private long offset;
  private long left;
  private byte[] piece = {};
  private int position;

  public ContentStream(Contents contents, ContentId content, long offset, long length) {
    this.contents = contents;
    this.content = content;
    this.offset = offset;
    this.left = length;
  }

  private boolean fill() throws IOException {
    if (position < piece.length) {
      return true;
    }
    if (left <= 0) {
      return false;
    }
    int count = (int) Math.min(PIECE, left);
    ByteArrayOutputStream out = new ByteArrayOutputStream(count);
    contents.copy(content, offset, count, out);
    piece = out.toByteArray();
    position = 0;
    offset += piece.length;
    left = piece.length == 0 ? 0 : left - piece.length;
    return piece.length > 0;
  }

  @Override
  public int read() throws IOException {
    return fill() ? piece[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, target, at, count);
    position += count;
    return count;
  }
}
