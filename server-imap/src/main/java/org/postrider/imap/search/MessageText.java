package org.postrider.imap.search;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.content.ContentStream;
import org.postrider.imap.content.ObjectIds;
import org.postrider.message.Header;
import org.postrider.message.HeaderField;
import org.postrider.message.MimePart;
import org.postrider.message.TextDecoder;
import org.postrider.storage.ContentId;

/**
 * The text of a message as SEARCH sees it: header fields with their encoded words decoded, and text
 * parts with transfer encoding and charset decoded.
 */
final class MessageText {
  /** Characters looked at in one part; what lies beyond is not found. */
  private static final long PART_MAX = 16L << 20;

  private static final int STEP = 8 << 10;

  private final ContentId content;
  private final ContentBatch batch;
  private final boolean withBody;
  private @Nullable Header header;

  MessageText(ContentId content, ContentBatch batch, boolean withBody) {
    this.content = content;
    this.batch = batch;
    this.withBody = withBody;
  }

  /** Whether {@link #bodyContains} may be asked. */
  boolean hasBody() {
    return withBody;
  }

  private Header header() throws IOException {
    Header known = header;
    if (known == null) {
      known = Header.parse(batch.header(content));
      header = known;
    }
    return known;
  }

  /** Whether a field of that name contains the text, or is there when the text is empty. */
  boolean headerContains(String field, String needle) throws IOException {
    for (HeaderField each : header().fields()) {
      if (each.is(field)
          && (needle.isEmpty() || UnicodeCasemap.contains(Header.decode(each.value()), needle))) {
        return true;
      }
    }
    return false;
  }

  /** Whether any field contains the text. */
  boolean headerContains(String needle) throws IOException {
    return contains(header(), needle);
  }

  private static boolean contains(Header header, String needle) {
    for (HeaderField each : header.fields()) {
      if (UnicodeCasemap.contains(each.name() + ": " + Header.decode(each.value()), needle)) {
        return true;
      }
    }
    return false;
  }

  /** The day of the Date field, in days since 1970. */
  OptionalLong sentDay() throws IOException {
    return header().first("Date").map(SentDay::parse).orElse(OptionalLong.empty());
  }

  /** The THREADID (RFC 8474 §5.2). */
  Optional<String> threadId() throws IOException {
    return ObjectIds.thread(header());
  }

  boolean bodyContains(String needle) throws IOException {
    return partContains(batch.digest(content).root(), needle);
  }

  private boolean partContains(MimePart part, String needle) throws IOException {
    if (part.children().isEmpty()) {
      return part.type().equals("text") && leafContains(part, needle);
    }
    for (MimePart child : part.children()) {
      if ((part.isMessage() && enclosedHeaderContains(child, needle))
          || partContains(child, needle)) {
        return true;
      }
    }
    return false;
  }

  private boolean enclosedHeaderContains(MimePart message, String needle) throws IOException {
    byte[] bytes =
        batch.slice(
            content, message.headerOffset(), message.headerLength(), ContentBatch.HEADER_MAX);
    return contains(Header.parse(bytes), needle);
  }

  private boolean leafContains(MimePart part, String needle) throws IOException {
    try (Reader reader = TextDecoder.reader(body(part), part)) {
      // What the text may begin with at the end of one step is kept in front of the next.
      char[] step = new char[STEP];
      String kept = "";
      int carried = 0;
      for (long seen = 0; seen < PART_MAX; ) {
        int count = reader.read(step, carried, STEP - carried);
        if (count < 0) {
          return false;
        }
        seen += count;
        int end = carried + count;
        carried = Character.isHighSurrogate(step[end - 1]) ? 1 : 0;
        String text = kept + UnicodeCasemap.map(new String(step, 0, end - carried));
        if (text.contains(needle)) {
          return true;
        }
        kept = text.substring(Math.max(0, text.length() - needle.length() + 1));
        step[0] = step[end - 1];
      }
      return false;
    }
  }

  private InputStream body(MimePart part) {
    byte[] whole = batch.whole(content);
    return whole == null
        ? new ContentStream(batch.contents(), content, part.bodyOffset(), part.bodyLength())
        : new ByteArrayInputStream(whole, (int) part.bodyOffset(), (int) part.bodyLength());
  }
}
