package org.postrider.imap.fetch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.fetch.FetchItem.Octets;
import org.postrider.imap.fetch.FetchItem.Partial;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.message.ContentDigest;
import org.postrider.message.MimePart;
import org.postrider.storage.ContentId;
import org.postrider.storage.MessageEntry;
import org.postrider.wire.WireOutput;

/** Writes {@code BODY[...]} and its kin: finds the octets, and sends them from where they lie. */
final class OctetsWriter {
  /** What is longer is not copied into the buffer. */
  private static final int COPY_MAX = 1024;

  /** Octets of a message from {@code offset} on. */
  record Range(long offset, long length) {}

  private final ResponseBuffer out;
  private final WireOutput wire;

  OctetsWriter(ResponseBuffer out, WireOutput wire) {
    this.out = out;
    this.wire = wire;
  }

  void write(Octets item, MessageEntry entry, ContentBatch batch) throws IOException {
    item.append(out);
    out.character(' ');
    ContentId content = entry.content();
    Section section = item.section();
    switch (section.kind()) {
      case FIELDS, FIELDS_NOT -> {
        byte[] header = header(section, content, batch);
        if (header == null) {
          out.ascii("NIL");
        } else {
          bytes(section.filter().cut(header), item.partial());
        }
      }
      case HEADER -> {
        if (section.part().isEmpty() && entry.size() <= ContentBatch.HEADER_MAX) {
          bytes(batch.header(content), item.partial());
        } else {
          range(find(section, entry, batch), item.partial(), content, batch);
        }
      }
      case ALL, TEXT, MIME -> range(find(section, entry, batch), item.partial(), content, batch);
    }
  }

  static byte @Nullable [] header(Section section, ContentId content, ContentBatch batch)
      throws IOException {
    if (section.part().isEmpty()) {
      return batch.header(content);
    }
    MimePart message = enclosed(section, batch.digest(content));
    return message == null
        ? null
        : batch.slice(
            content, message.headerOffset(), message.headerLength(), ContentBatch.HEADER_MAX);
  }

  /** The message in a message/rfc822 part, or null when the part is none. */
  private static @Nullable MimePart enclosed(Section section, ContentDigest digest) {
    List<MimePart> children =
        digest
            .part(section.numbers())
            .filter(MimePart::isMessage)
            .map(MimePart::children)
            .orElse(List.of());
    return children.isEmpty() ? null : children.getFirst();
  }

  static @Nullable Range find(Section section, MessageEntry entry, ContentBatch batch) {
    if (section.equals(Section.WHOLE)) {
      return new Range(0, entry.size());
    }
    ContentDigest digest = batch.digest(entry.content());
    boolean top = section.part().isEmpty();
    return switch (section.kind()) {
      case ALL -> {
        Optional<MimePart> part = digest.part(section.numbers());
        yield part.map(p -> new Range(p.bodyOffset(), p.bodyLength())).orElse(null);
      }
      case MIME -> {
        Optional<MimePart> part = digest.part(section.numbers());
        yield part.map(p -> new Range(p.headerOffset(), p.headerLength())).orElse(null);
      }
      case HEADER, FIELDS, FIELDS_NOT -> {
        MimePart message = top ? digest.root() : enclosed(section, digest);
        yield message == null ? null : new Range(message.headerOffset(), message.headerLength());
      }
      case TEXT -> {
        if (top) {
          yield new Range(digest.headerSize(), entry.size() - digest.headerSize());
        }
        MimePart message = enclosed(section, digest);
        yield message == null ? null : new Range(message.bodyOffset(), message.bodyLength());
      }
    };
  }

  static Range cut(long offset, long length, @Nullable Partial partial) {
    if (partial == null) {
      return new Range(offset, length);
    }
    long from = Math.min(partial.offset(), length);
    return new Range(offset + from, Math.min(partial.length(), length - from));
  }

  private void bytes(byte[] all, @Nullable Partial partial) throws IOException {
    Range range = cut(0, all.length, partial);
    literal(all, (int) range.offset, (int) range.length);
  }

  private void range(
      @Nullable Range section, @Nullable Partial partial, ContentId content, ContentBatch batch)
      throws IOException {
    if (section == null) {
      out.ascii("NIL");
      return;
    }
    Range range = cut(section.offset, section.length, partial);
    byte[] whole = batch.whole(content);
    if (whole != null) {
      literal(whole, (int) range.offset, (int) range.length);
    } else {
      out.character('{').number(range.length).ascii("}\r\n").drainTo(wire);
      batch.contents().copy(content, range.offset, range.length, wire);
    }
  }

  private void literal(byte[] octets, int offset, int length) throws IOException {
    out.character('{').number(length).ascii("}\r\n");
    if (length <= COPY_MAX) {
      out.raw(octets, offset, length);
    } else {
      out.drainTo(wire);
      wire.write(octets, offset, length);
    }
  }
}
