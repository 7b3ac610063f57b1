package org.postrider.message;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the start of the first text part that is not attached and has text, for PREVIEW (RFC 8970).
 */
final class PreviewCapture {
  private static final int PLAIN_OCTETS = 1536;

  /** HTML has styles and markup before its text. */
  private static final int HTML_OCTETS = 16 << 10;

  private static final int ATTEMPTS = 4;

  private @Nullable PartBuilder part;
  private byte[] octets = {};
  private int length;
  private int room;
  private int attempts;
  private String text = "";

  boolean isOpen() {
    return room > length;
  }

  void open(PartBuilder candidate) {
    if (part != null || !text.isEmpty() || attempts >= ATTEMPTS || !candidate.isText()) {
      return;
    }
    boolean html = candidate.subtype.equalsIgnoreCase("html");
    RawParameters disposition = candidate.disposition;
    if ((html || candidate.subtype.equalsIgnoreCase("plain"))
        && (disposition == null || !disposition.value().equalsIgnoreCase("attachment"))) {
      part = candidate;
      attempts++;
      room = html ? HTML_OCTETS : PLAIN_OCTETS;
      length = 0;
    }
  }

  void append(byte[] bytes, int from, int to) {
    int count = Math.min(to - from, room - length);
    if (octets.length < length + count) {
      octets =
          Arrays.copyOf(
              octets, Math.min(HTML_OCTETS, Math.max(PLAIN_OCTETS, 2 * (length + count))));
    }
    System.arraycopy(bytes, from, octets, length, count);
    length += count;
  }

  /** A part has ended; when it is the captured one its text is made. */
  void close(PartBuilder ended) {
    if (part == ended) {
      int kept = (int) Math.min(length, ended.bodyLength);
      text =
          Preview.of(
              octets,
              kept,
              ended.encoding.toLowerCase(Locale.ROOT),
              ended.contentType.first("charset"),
              ended.subtype.equalsIgnoreCase("html"));
      part = null;
      room = 0;
      length = 0;
    }
  }

  String text() {
    return text;
  }
}
