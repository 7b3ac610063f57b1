package org.postrider.imap.fetch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.content.ContentStream;
import org.postrider.imap.fetch.FetchItem.Binary;
import org.postrider.imap.fetch.FetchItem.BinarySize;
import org.postrider.imap.fetch.OctetsWriter.Range;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.message.MimePart;
import org.postrider.message.TransferEncoding;
import org.postrider.storage.ContentId;
import org.postrider.storage.MessageEntry;
import org.postrider.wire.WireOutput;

/**
 * Writes {@code BINARY[...]} and {@code BINARY.SIZE[...]} (RFC 3516). A part that is not in memory
 * is decoded twice, once to learn how much it is and once to send it, so that it never is.
 *
 * <p>Only leaves are encoded; of a multipart, an enclosed message, or the message as a whole the
 * octets are sent as they lie there.
 */
final class BinaryWriter {
  private static final int BLOCK = 8 << 10;

  private static final String NONE = "binary";

  /** RFC 2045 §6.1. */
  private static final Set<String> KNOWN =
      Set.of("7bit", "8bit", NONE, "base64", "quoted-printable");

  /** Where a part lies, and its transfer encoding. */
  private record Encoded(long offset, long length, String encoding) {}

  /** What comes of decoding. */
  private record Measure(long octets, boolean hasNul) {}

  private final ResponseBuffer out;
  private final WireOutput wire;

  BinaryWriter(ResponseBuffer out, WireOutput wire) {
    this.out = out;
    this.wire = wire;
  }

  /** Whether the item asks for a part whose transfer encoding is not known. */
  static boolean isUnknown(FetchItem item, MessageEntry entry, ContentBatch batch) {
    Section section =
        switch (item) {
          case Binary binary -> binary.section();
          case BinarySize size -> size.section();
          case FetchItem.Plain ignored -> null;
          case FetchItem.Octets ignored -> null;
        };
    if (section == null) {
      return false;
    }
    Encoded part = find(section, entry, batch);
    return part != null && !KNOWN.contains(part.encoding);
  }

  private static @Nullable Encoded find(Section section, MessageEntry entry, ContentBatch batch) {
    if (section.part().isEmpty()) {
      return new Encoded(0, entry.size(), NONE);
    }
    Optional<MimePart> found = batch.digest(entry.content()).part(section.numbers());
    return found
        .map(part ->
            new Encoded(
                part.bodyOffset(),
                part.bodyLength(),
                part.isMultipart() || part.isMessage() ? NONE : part.encoding()))
        .orElse(null);
  }

  void write(Binary item, MessageEntry entry, ContentBatch batch) throws IOException {
    item.append(out);
    out.character(' ');
    Encoded part = find(item.section(), entry, batch);
    if (part == null) {
      out.ascii("NIL");
      return;
    }
    Measure measure = measure(part, entry.content(), batch);
    Range range = OctetsWriter.cut(0, measure.octets, item.partial());
    // RFC 3516 §4.3: a client sees by that whether there is a NUL.
    out.ascii(measure.hasNul ? "~{" : "{").number(range.length()).ascii("}\r\n").drainTo(wire);
    try (InputStream decoded = open(part, entry.content(), batch)) {
      decoded.skipNBytes(range.offset());
      byte[] block = new byte[BLOCK];
      long left = range.length();
      while (left > 0) {
        int count = decoded.read(block, 0, (int) Math.min(block.length, left));
        if (count < 0) {
          throw new IllegalStateException("a part is shorter than it was a moment ago");
        }
        wire.write(block, 0, count);
        left -= count;
      }
    }
  }

  void writeSize(BinarySize item, MessageEntry entry, ContentBatch batch) throws IOException {
    out.ascii("BINARY.SIZE");
    item.section().append(out);
    Encoded part = find(item.section(), entry, batch);
    out.character(' ').number(part == null ? 0 : measure(part, entry.content(), batch).octets);
  }

  private static Measure measure(Encoded part, ContentId content, ContentBatch batch)
      throws IOException {
    byte[] block = new byte[BLOCK];
    long octets = 0;
    boolean hasNul = false;
    try (InputStream decoded = open(part, content, batch)) {
      for (int count = decoded.read(block); count >= 0; count = decoded.read(block)) {
        octets += count;
        for (int i = 0; i < count && !hasNul; i++) {
          hasNul = block[i] == 0;
        }
      }
    }
    return new Measure(octets, hasNul);
  }

  private static InputStream open(Encoded part, ContentId content, ContentBatch batch) {
    byte[] whole = batch.whole(content);
    InputStream octets =
        whole == null
            ? new ContentStream(batch.contents(), content, part.offset, part.length)
            : new ByteArrayInputStream(whole, (int) part.offset, (int) part.length);
    return TransferEncoding.decode(octets, part.encoding);
  }
}
