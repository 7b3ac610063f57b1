package org.postrider.message;

import java.util.Optional;

/**
 * What is computed once about a message, when it is stored, and kept beside its bytes, so that no
 * FETCH parses MIME. Made by {@link DigestBuilder}; {@link #toBytes} and {@link #fromBytes} are its
 * stored form, which starts with a version number.
 */
public final class ContentDigest {
  ContentDigest() {}

  /** Octets of the message. */
  public long size() {
    throw new UnsupportedOperationException();
  }

  /** Octets of the message's header, with the empty line that ends it. */
  public long headerSize() {
    throw new UnsupportedOperationException();
  }

  /** Lines of the message's body (for POP3 and BODYSTRUCTURE). */
  public long bodyLines() {
    throw new UnsupportedOperationException();
  }

  /**
   * IMAP's ENVELOPE ready to be sent, parentheses included; what is not plain ASCII is in literals
   * (RFC 3501 §7.4.2).
   */
  public byte[] envelope() {
    throw new UnsupportedOperationException();
  }

  /** IMAP's BODYSTRUCTURE ready to be sent, with extension data. */
  public byte[] bodyStructure() {
    throw new UnsupportedOperationException();
  }

  /** IMAP's BODY ready to be sent: the structure without extension data. */
  public byte[] body() {
    throw new UnsupportedOperationException();
  }

  /** The message as a part: the root of the tree. */
  public MimePart root() {
    throw new UnsupportedOperationException();
  }

  /**
   * The part with that IMAP section number, for instance {@code 1.2} (RFC 3501 §6.4.5); empty when
   * there is none.
   */
  public Optional<MimePart> part(int... section) {
    throw new UnsupportedOperationException();
  }

  /**
   * The start of the text, decoded, at most 200 characters, on one line (for PREVIEW, RFC 8970);
   * may be empty.
   */
  public String preview() {
    throw new UnsupportedOperationException();
  }

  public byte[] toBytes() {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws IllegalArgumentException when the bytes are not a digest's
   */
  public static ContentDigest fromBytes(byte[] bytes) {
    throw new UnsupportedOperationException();
  }
}
