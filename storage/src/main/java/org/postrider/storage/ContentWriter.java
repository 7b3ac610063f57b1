package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.TOO_BIG;

import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.postrider.message.ContentDigest;
import org.postrider.message.DigestBuilder;

/**
 * Takes a message's bytes as they come, computing checksum and digest on the way; holds at most
 * {@link StoreSettings#stageBytes} in memory. Writes throw {@link StorageException} TOO_BIG past
 * the longest message, after which only {@link #close} is of use.
 */
public final class ContentWriter extends OutputStream {
  private static final int FIRST_BUFFER = 16 << 10;

  /** Never updated. */
  private static final MessageDigest SHA256 = sha256();

  private final Contents contents;
  private final long octetsMax;
  private final int stageOctets;
  private final MessageDigest sha256 = newSha256();
  private final DigestBuilder digest = new DigestBuilder();
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int count;
  private long size;
  private long stageId;
  private int firstPiece = -1;
  private int nextPiece;
  private boolean finished;

  ContentWriter(Contents contents, StoreSettings settings) {
    this.contents = contents;
    this.octetsMax = settings.messageBytesMax();
    this.stageOctets = settings.stageBytes();
  }

  /** A copy, since the look-up of an algorithm costs more than the digest of a small message. */
  static MessageDigest newSha256() {
    try {
      return (MessageDigest) SHA256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's own digests can be copied", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (finished) {
      throw new IllegalStateException("the content was finished");
    }
    if (size + length > octetsMax) {
      throw new StorageException(
          TOO_BIG, "The message is longer than the " + octetsMax + " octets allowed");
    }
    size += length;
    sha256.update(bytes, offset, length);
    digest.update(bytes, offset, length);
    int from = offset;
    int left = length;
    while (left > 0) {
      if (count == stageOctets) {
        stage();
      }
      int n = Math.min(left, stageOctets - count);
      if (count + n > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.min(stageOctets, Math.max(count + n, 2 * count)));
      }
      System.arraycopy(bytes, from, buffer, count, n);
      count += n;
      from += n;
      left -= n;
    }
  }

  /** Octets written so far. */
  public long size() {
    return size;
  }

  /** Lets the pieces that are full go ahead. */
  private void stage() {
    if (firstPiece < 0) {
      firstPiece = headerEnd(buffer, Math.min(count, ContentRows.PIECE));
    }
    List<byte[]> pieces = cut(false);
    int no = nextPiece - pieces.size();
    stageId = contents.stage(stageId, no, pieces);
  }

  /** Where the header ends, as far as it is in the first octets; no more than a good guess. */
  static int headerEnd(byte[] bytes, int limit) {
    for (int i = 1; i < limit; i++) {
      if (bytes[i] == '\n' && (bytes[i - 1] == '\n' || (i > 2 && bytes[i - 2] == '\n'))) {
        return i + 1;
      }
    }
    return limit;
  }

  /** Takes pieces from the buffer, the rest as the last one when all is to go. */
  private List<byte[]> cut(boolean all) {
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    while (true) {
      int length = nextPiece == 0 ? firstPiece : ContentRows.PIECE;
      if (from + length > count) {
        if (!all || from == count) {
          break;
        }
        length = count - from;
      }
      pieces.add(Arrays.copyOfRange(buffer, from, from + length));
      from += length;
      nextPiece++;
    }
    System.arraycopy(buffer, from, buffer, 0, count - from);
    count -= from;
    return pieces;
  }

  /** The content, complete. Call once. */
  public StagedContent finish() {
    return finish(false);
  }

  /**
   * As {@link #finish}, but nothing of the content stays in memory: for one of many that one change
   * takes. Call once.
   */
  public StagedContent finishAhead() {
    return finish(true);
  }

  private StagedContent finish(boolean ahead) {
    if (finished) {
      throw new IllegalStateException("the content was finished");
    }
    finished = true;
    ContentDigest result = digest.finish();
    if (firstPiece < 0) {
      firstPiece = (int) Math.min(Math.min(result.headerSize(), ContentRows.PIECE), size);
    }
    List<byte[]> pieces = cut(true);
    buffer = new byte[0];
    if (ahead && !pieces.isEmpty()) {
      stageId = contents.stage(stageId, nextPiece - pieces.size(), pieces);
      pieces = List.of();
    }
    return new StagedContent(
        contents, stageId, result, sha256.digest(), firstPiece, nextPiece - pieces.size(), pieces);
  }

  /** Abandons what was not finished; after {@link #finish} it does nothing. */
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      buffer = new byte[0];
      contents.letGo(stageId);
    }
  }
}
