package org.postrider.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is computed once about a message, when it is stored, and kept beside its bytes, so that no
 * FETCH parses MIME. Made by {@link DigestBuilder}; {@link #toBytes} and {@link #fromBytes} are its
 * stored form, which starts with a version number.
 *
 * <p>It holds its stored form and nothing else: what goes over the wire is a section of it, and the
 * tree of parts is read when it is asked for.
 */
public final class ContentDigest {
  private final byte[] bytes;
  private final long size;
  private final long headerSize;
  private final long bodyLines;
  private final int envelopeStart;
  private final int structureStart;
  private final int bodyStart;
  private final int previewStart;
  private final int partsStart;

  /** A race to set it is harmless: all would set equal values. */
  private @Nullable MimePart root;

  ContentDigest(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != DigestCodec.VERSION) {
      throw DigestCodec.damaged();
    }
    this.bytes = bytes;
    DigestCodec in = new DigestCodec(bytes, 1, bytes.length);
    size = in.readNumber();
    headerSize = in.readNumber();
    bodyLines = in.readNumber();
    int envelopeLength = in.readLength();
    int structureLength = in.readLength();
    int bodyLength = in.readLength();
    int previewLength = in.readLength();
    int partsLength = in.readLength();
    envelopeStart = in.at();
    if ((long) envelopeLength + structureLength + bodyLength + previewLength + partsLength
        != bytes.length - envelopeStart) {
      throw DigestCodec.damaged();
    }
    structureStart = envelopeStart + envelopeLength;
    bodyStart = structureStart + structureLength;
    previewStart = bodyStart + bodyLength;
    partsStart = previewStart + previewLength;
  }

  /** Octets of the message. */
  public long size() {
    return size;
  }

  /** Octets of the message's header, with the empty line that ends it. */
  public long headerSize() {
    return headerSize;
  }

  /** Line ends in the message's body (for POP3 and BODYSTRUCTURE). */
  public long bodyLines() {
    return bodyLines;
  }

  /**
   * IMAP's ENVELOPE ready to be sent, parentheses included; what is not plain ASCII is in literals
   * (RFC 3501 §7.4.2).
   */
  public byte[] envelope() {
    return Arrays.copyOfRange(bytes, envelopeStart, structureStart);
  }

  /** Writes {@link #envelope} without a copy. */
  public void writeEnvelopeTo(OutputStream out) throws IOException {
    out.write(bytes, envelopeStart, structureStart - envelopeStart);
  }

  /**
   * The field Message-ID as it was received, taken from the ENVELOPE; empty when there is none, or
   * none that is plain ASCII.
   */
  public Optional<String> messageId() {
    int end = structureStart - 2; // the last string of the list
    if (end <= envelopeStart || bytes[end] != '"') {
      return Optional.empty();
    }
    int start = end - 1;
    while (start > envelopeStart && (bytes[start] != '"' || bytes[start - 1] == '\\')) {
      start--;
    }
    String quoted = new String(bytes, start + 1, end - start - 1, StandardCharsets.US_ASCII);
    return Optional.of(quoted.replaceAll("\\\\(.)", "$1"));
  }

  /** IMAP's BODYSTRUCTURE ready to be sent, with extension data. */
  public byte[] bodyStructure() {
    return Arrays.copyOfRange(bytes, structureStart, bodyStart);
  }

  /** Writes {@link #bodyStructure} without a copy. */
  public void writeBodyStructureTo(OutputStream out) throws IOException {
    out.write(bytes, structureStart, bodyStart - structureStart);
  }

  /** IMAP's BODY ready to be sent: the structure without extension data. */
  public byte[] body() {
    return Arrays.copyOfRange(bytes, bodyStart, previewStart);
  }

  /** Writes {@link #body} without a copy. */
  public void writeBodyTo(OutputStream out) throws IOException {
    out.write(bytes, bodyStart, previewStart - bodyStart);
  }

  /**
   * The message as a part: the root of the tree.
   *
   * @throws IllegalArgumentException when the stored bytes are damaged inside
   */
  public MimePart root() {
    MimePart tree = root;
    if (tree == null) {
      tree = new DigestCodec(bytes, partsStart, bytes.length).readPart();
      root = tree;
    }
    return tree;
  }

  /**
   * The part with that IMAP section number, for instance {@code 1.2} (RFC 3501 §6.4.5); empty when
   * there is none. Without a number it is the message. Part 1 of a message that is no multipart is
   * its body; it is the message's own part, whose header is the message's.
   */
  public Optional<MimePart> part(int... section) {
    MimePart part = root();
    MimePart container = part;
    boolean message = true;
    for (int number : section) {
      if (container.isMultipart()) {
        if (number < 1 || number > container.children().size()) {
          return Optional.empty();
        }
        part = container.children().get(number - 1);
      } else if (message && number == 1) {
        part = container;
      } else {
        return Optional.empty();
      }
      // The parts of a message/rfc822 are those of the message in it.
      message = part.isMessage() && !part.children().isEmpty();
      container = message ? part.children().getFirst() : part;
    }
    return Optional.of(part);
  }

  /**
   * The start of the text, decoded, at most 200 characters, on one line (for PREVIEW, RFC 8970);
   * may be empty.
   */
  public String preview() {
    return new String(bytes, previewStart, partsStart - previewStart, UTF_8);
  }

  /** The stored form. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /**
   * Reads the stored form; the array must not be changed afterwards. Cheap: only the lengths are
   * looked at.
   *
   * @throws IllegalArgumentException when the bytes are not a digest's
   */
  public static ContentDigest fromBytes(byte[] bytes) {
    return new ContentDigest(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ContentDigest digest && Arrays.equals(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
