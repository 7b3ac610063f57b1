package org.postrider.imap.search;

import java.io.BufferedReader;
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
import org.postrider.message.HtmlText;
import org.postrider.message.MimePart;
import org.postrider.message.TextDecoder;
import org.postrider.storage.ContentId;

/**
 * The text of a message as SEARCH sees it: header fields with their encoded words decoded, and text
 * parts with transfer encoding and charset decoded. Who changes what is found must change {@link
 * IndexedTexts#VERSION}.
 */
final class MessageText {
  /** Characters looked at in one part; what lies beyond is not found. */
  private static final long PART_MAX = 16L << 20;

  /** More often is as good. */
  private static final int TIMES_MAX = 50;

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
    return headerTexts(header(), new Finder(needle));
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
    return bodyTexts(new Finder(needle));
  }

  /** Takes texts piece by piece, in the form in which they are compared. */
  interface Visitor {
    /**
     * What comes next of the text at hand.
     *
     * @return whether that is enough
     */
    boolean piece(String mapped);

    /** Ends the text: what is looked for does not reach beyond. */
    void endOfText();
  }

  /** Looks for a needle, also where it begins in one piece and ends in another. */
  private static final class Finder implements Visitor {
    private final String needle;
    private String kept = "";

    Finder(String needle) {
      this.needle = needle;
    }

    @Override
    public boolean piece(String mapped) {
      String text = kept + mapped;
      if (text.contains(needle)) {
        return true;
      }
      kept = text.substring(Math.max(0, text.length() - needle.length() + 1));
      return false;
    }

    @Override
    public void endOfText() {
      kept = "";
    }
  }

  /** Counts how often a needle is there, also where it begins in one piece and ends in another. */
  private static final class Counter implements Visitor {
    private final String needle;
    private String kept = "";
    private int times;

    Counter(String needle) {
      this.needle = needle;
    }

    @Override
    public boolean piece(String mapped) {
      String text = kept + mapped;
      int from = 0;
      for (int at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, from)) {
        times++;
        from = at + needle.length();
      }
      kept = text.substring(Math.max(from, text.length() - needle.length() + 1));
      return times >= TIMES_MAX;
    }

    @Override
    public void endOfText() {
      kept = "";
    }
  }

  /** How often the text is in fields of that name. */
  int timesInHeader(String field, String needle) throws IOException {
    Counter counter = new Counter(needle);
    for (HeaderField each : header().fields()) {
      if (each.is(field)) {
        counter.piece(UnicodeCasemap.map(Header.decode(each.value())));
        counter.endOfText();
      }
    }
    return counter.times;
  }

  /** How often the text is in the header, at most about {@value #TIMES_MAX} times. */
  int timesInHeader(String needle) throws IOException {
    Counter counter = new Counter(needle);
    headerTexts(counter);
    return counter.times;
  }

  /** How often the text is in the body, at most about {@value #TIMES_MAX} times. */
  int timesInBody(String needle) throws IOException {
    Counter counter = new Counter(needle);
    bodyTexts(counter);
    return counter.times;
  }

  /** Hands over all texts in which {@link #headerContains} looks. */
  void headerTexts(Visitor visitor) throws IOException {
    headerTexts(header(), visitor);
  }

  private static boolean headerTexts(Header header, Visitor visitor) {
    for (HeaderField each : header.fields()) {
      if (visitor.piece(UnicodeCasemap.map(each.name() + ": " + Header.decode(each.value())))) {
        return true;
      }
      visitor.endOfText();
    }
    return false;
  }

  /**
   * Hands over all texts in which {@link #bodyContains} looks.
   *
   * @return whether the visitor had enough
   */
  boolean bodyTexts(Visitor visitor) throws IOException {
    return partTexts(batch.digest(content).root(), visitor);
  }

  private boolean partTexts(MimePart part, Visitor visitor) throws IOException {
    if (part.children().isEmpty()) {
      return part.type().equals("text") && leafTexts(part, visitor);
    }
    for (MimePart child : part.children()) {
      if ((part.isMessage() && headerTexts(enclosedHeader(child), visitor))
          || partTexts(child, visitor)) {
        return true;
      }
    }
    return false;
  }

  private Header enclosedHeader(MimePart message) throws IOException {
    return Header.parse(
        batch.slice(
            content, message.headerOffset(), message.headerLength(), ContentBatch.HEADER_MAX));
  }

  /** HTML is looked at as it is written and as it is read. */
  private boolean leafTexts(MimePart part, Visitor visitor) throws IOException {
    try (Reader reader = TextDecoder.reader(body(part), part)) {
      if (text(reader, visitor)) {
        return true;
      }
    }
    if (!part.subtype().equals("html")) {
      return false;
    }
    try (Reader reader =
        new HtmlText(new BufferedReader(TextDecoder.reader(body(part), part), STEP))) {
      return text(reader, visitor);
    }
  }

  private static boolean text(Reader reader, Visitor visitor) throws IOException {
    char[] step = new char[STEP];
    int carried = 0;
    for (long seen = 0; seen < PART_MAX; ) {
      int count = reader.read(step, carried, STEP - carried);
      if (count < 0) {
        break;
      }
      seen += count;
      int end = carried + count;
      carried = Character.isHighSurrogate(step[end - 1]) ? 1 : 0;
      if (visitor.piece(UnicodeCasemap.map(new String(step, 0, end - carried)))) {
        return true;
      }
      step[0] = step[end - 1];
    }
    visitor.endOfText();
    return false;
  }

  private InputStream body(MimePart part) {
    byte[] whole = batch.whole(content);
    return whole == null
        ? new ContentStream(batch.contents(), content, part.bodyOffset(), part.bodyLength())
        : new ByteArrayInputStream(whole, (int) part.bodyOffset(), (int) part.bodyLength());
  }
}
