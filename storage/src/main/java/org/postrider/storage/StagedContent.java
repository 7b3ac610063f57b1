package org.postrider.storage;

import java.util.List;
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

  @Override
  public void close() {
    contents.letGo(stageId);
    contents.letGo(contentId);
  }
}
