package org.postrider.message;

/**
 * Computes a {@link ContentDigest} in one pass over a message's bytes, in linear time and bounded
 * memory (depth of parts, number of parts and the header bytes that are looked at are limited; what
 * lies beyond is part of the part around it). Any sequence of bytes yields a digest. Line ends are
 * CRLF; a lone LF or CR is taken as a line end in structure.
 */
public final class DigestBuilder {
  public DigestBuilder() {}

  public void update(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /** The digest of all that was given. Call once. */
  public ContentDigest finish() {
    throw new UnsupportedOperationException();
  }
}
