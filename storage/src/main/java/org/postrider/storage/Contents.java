package org.postrider.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.postrider.message.ContentDigest;

/**
 * The immutable bytes of messages, kept in pieces, with what was computed about them when they
 * came.
 */
public final class Contents {
  Contents() {}

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

  /** Starts to take a new content. */
  public ContentWriter write() {
    throw new UnsupportedOperationException();
  }

  public ContentDigest digest(ContentId content) {
    throw new UnsupportedOperationException();
  }

  /** The digests of many contents, in the order given, in few queries. */
  public void digests(List<ContentId> contents, DigestSink sink) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * The header with its empty line, as received; at most {@code ContentDigest.headerSize} octets.
   */
  public byte[] header(ContentId content) {
    throw new UnsupportedOperationException();
  }

  /** The headers of many contents, in the order given, in few queries. */
  public void headers(List<ContentId> contents, BytesSink sink) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Whole contents, in the order given, in few queries. For small messages: the caller sees to it
   * that the sizes add up to what memory can bear.
   */
  public void bytes(List<ContentId> contents, BytesSink sink) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Copies {@code length} octets from {@code offset} on (less when the content ends) to {@code
   * out}, piece by piece.
   */
  public void copy(ContentId content, long offset, long length, OutputStream out)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Deletes contents, expunged messages, removed mailboxes and abandoned stages past their
   * retention. @return rows
   */
  public long sweep(int batch) {
    throw new UnsupportedOperationException();
  }
}
