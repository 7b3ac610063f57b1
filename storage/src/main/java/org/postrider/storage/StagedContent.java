package org.postrider.storage;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.postrider.message.ContentDigest;

/**
 * A content that was received whole and belongs to nobody yet. It becomes durable with the delivery
 * or APPEND that takes it, which may be several. Close it afterwards, whatever came of it; what
 * nobody took is then swept.
 */
public final class StagedContent implements AutoCloseable {
  private final Contents contents;
  private final long stageId;
  private final ContentDigest digest;
  private final byte[] digestBytes;
  private final byte[] sha256;
  private final int firstPiece;
  private final int firstWaiting;
  private final List<byte[]> waiting;
  private volatile long contentId;

  /**
   * @param stageId the content's id when pieces went ahead, or 0
   * @param firstWaiting the number of the first of the pieces that wait
   */
  StagedContent(
      Contents contents,
      long stageId,
      ContentDigest digest,
      byte[] sha256,
      int firstPiece,
      int firstWaiting,
      List<byte[]> waiting) {
    this.contents = contents;
    this.stageId = stageId;
    this.digest = digest;
    this.digestBytes = digest.toBytes();
    this.sha256 = sha256;
    this.firstPiece = firstPiece;
    this.firstWaiting = firstWaiting;
    this.waiting = waiting;
  }

  /** Octets. */
  public long size() {
    return digest.size();
  }

  public ContentDigest digest() {
    return digest;
  }

  /**
   * Its octets from the first one; may be called as often as wanted until it is closed. What went
   * ahead is read back from the store, piece by piece.
   */
  public InputStream open() {
    return new Octets();
  }

  private final class Octets extends InputStream {
    private byte[] piece = new byte[0];
    private int position;
    private int next;

    @Override
    public int read() {
      return fill() ? piece[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int n = Math.min(length, piece.length - position);
      System.arraycopy(piece, position, target, offset, n);
      position += n;
      return n;
    }

    /** Sees to it that there is an octet; false at the end. */
    private boolean fill() {
      while (position == piece.length) {
        int waits = next - firstWaiting;
        if (waits >= waiting.size()) {
          return false;
        }
        piece = waits < 0 ? contents.stagedPiece(stageId, next) : waiting.get(waits);
        position = 0;
        next++;
      }
      return true;
    }
  }

  long stageId() {
    return stageId;
  }

  byte[] digestBytes() {
    return digestBytes;
  }

  byte[] sha256() {
    return sha256;
  }

  int firstPiece() {
    return firstPiece;
  }

  int firstWaiting() {
    return firstWaiting;
  }

  List<byte[]> waiting() {
    return waiting;
  }

  /** Octets that the next transaction writes. */
  long waitingOctets() {
    if (contentId != 0) {
      return 0;
    }
    long octets = digestBytes.length;
    for (byte[] piece : waiting) {
      octets += piece.length;
    }
    return octets;
  }

  /**
   * The content as something took it.
   *
   * @throws IllegalStateException when nothing did
   */
  public ContentId id() {
    if (contentId == 0) {
      throw new IllegalStateException("nothing took the content");
    }
    return new ContentId(contentId);
  }

  /** The content's id once a transaction that took it was committed, or 0. */
  long contentId() {
    return contentId;
  }

  /** Called after the commit. */
  void taken(long id) {
    if (contentId == 0) {
      contents.hold(id);
      contentId = id;
    }
  }

  /** Keeps its octets at hand for who brings it out, once it was taken. */
  void keepFresh() {
    contents.keepFresh(contentId, this);
  }

  @Override
  public void close() {
    contents.letGo(stageId);
    contents.letGo(contentId);
  }
}
