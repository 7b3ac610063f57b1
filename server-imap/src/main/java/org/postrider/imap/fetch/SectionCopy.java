package org.postrider.imap.fetch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.fetch.FetchItem.Partial;
import org.postrider.imap.fetch.OctetsWriter.Range;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;
import org.postrider.storage.MessageEntry;

/**
 * Octets of a message as {@code BODY[...]} would give them, to be put elsewhere (RFC 4469 §3).
 *
 * @param octets the octets themselves when they do not lie together in the message, or null
 */
public record SectionCopy(
    Contents contents, ContentId content, long offset, long length, byte @Nullable [] octets) {
  /** That section of the message, or empty when it has none. */
  public static Optional<SectionCopy> find(
      Contents contents, MessageEntry entry, Section section, @Nullable Partial partial) {
    ContentBatch batch = ContentBatch.unread(contents);
    ContentId content = entry.content();
    if (section.kind() == Section.Kind.FIELDS || section.kind() == Section.Kind.FIELDS_NOT) {
      byte[] header;
      try {
        header = OctetsWriter.header(section, content, batch);
      } catch (IOException e) {
        throw new UncheckedIOException("memory does not fail", e);
      }
      if (header == null) {
        return Optional.empty();
      }
      byte[] fields = section.filter().cut(header);
      Range range = OctetsWriter.cut(0, fields.length, partial);
      return Optional.of(
          new SectionCopy(contents, content, range.offset(), range.length(), fields));
    }
    Range found = OctetsWriter.find(section, entry, batch);
    if (found == null) {
      return Optional.empty();
    }
    Range range = OctetsWriter.cut(found.offset(), found.length(), partial);
    return Optional.of(new SectionCopy(contents, content, range.offset(), range.length(), null));
  }

  /** Copies the octets, piece by piece. */
  public void writeTo(OutputStream out) throws IOException {
    if (octets == null) {
      contents.copy(content, offset, length, out);
    } else {
      out.write(octets, (int) offset, (int) length);
    }
  }
}
