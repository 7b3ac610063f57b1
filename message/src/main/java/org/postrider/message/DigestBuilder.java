package org.postrider.message;

import org.jspecify.annotations.Nullable;

/**
 * Computes a {@link ContentDigest} in one pass over a message's bytes, in linear time and bounded
 * memory (depth of parts, number of parts and the header bytes that are looked at are limited; what
 * lies beyond is part of the part around it). Any sequence of bytes yields a digest, and it is the
 * same however the bytes are cut into pieces. Line ends are CRLF; a lone LF or CR is taken as a
 * line end in structure.
 *
 * <p>The scanner goes from line to line. Of a line it looks only at whether it is empty, in a
 * header, and whether it begins with a boundary; a line that lies in two pieces has its beginning
 * kept for that. Octets are copied only in headers and at the start of the first text.
 */
public final class DigestBuilder {
  private final MessageLimits limits;
  private final OpenBoundaries boundaries = new OpenBoundaries();
  private final PartBuilder root = new PartBuilder(null, 0, true);
  private PartBuilder current = root;
  private int parts = 1;
  private int addresses;

  /** Octets and line ends of all finished lines. */
  private long lineStart;

  private long lineEnds;

  /** Length of the line end before {@link #lineStart}. */
  private int previousLineEnd;

  /** The line that lies in several pieces: its length so far and its first octets. */
  private long lineLength;

  private final byte[] linePrefix;
  private int linePrefixLength;
  private boolean lineEndsInCr;

  private final ImapBuffer header = new ImapBuffer(2 << 10);
  private int headerOctetsTotal;
  private final PreviewCapture preview = new PreviewCapture();
  private boolean finished;

  public DigestBuilder() {
    this(MessageLimits.DEFAULT);
  }

  public DigestBuilder(MessageLimits limits) {
    this.limits = limits;
    this.linePrefix = new byte[limits.boundaryOctetsMax() + 4];
  }

  /** Takes the next octets; the array may be reused afterwards. */
  public void update(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int from = offset;
    if (lineEndsInCr && from < end) {
      boolean crlf = bytes[from] == '\n';
      if (crlf) {
        keep(bytes, from, from + 1);
        from++;
      }
      lineEndsInCr = false;
      endLine(linePrefix, 0, linePrefixLength, lineLength, crlf ? 2 : 1);
    }
    while (from < end) {
      int lineEnd = from;
      while (lineEnd < end && bytes[lineEnd] != '\n' && bytes[lineEnd] != '\r') {
        lineEnd++;
      }
      int next = lineEnd + 1;
      if (next < end && bytes[lineEnd] == '\r' && bytes[next] == '\n') {
        next++;
      }
      boolean cut =
          lineEnd == end || (bytes[lineEnd] == '\r' && next == end && next - lineEnd == 1);
      keep(bytes, from, Math.min(next, end));
      if (cut) {
        keepPrefix(bytes, from, lineEnd);
        lineEndsInCr = lineEnd < end;
        return;
      }
      if (lineLength == 0) {
        endLine(bytes, from, lineEnd, lineEnd - from, next - lineEnd);
      } else {
        keepPrefix(bytes, from, lineEnd);
        endLine(linePrefix, 0, linePrefixLength, lineLength, next - lineEnd);
      }
      from = next;
    }
  }

  /** Copies octets that will be needed: those of a header or of the first text. */
  private void keep(byte[] bytes, int from, int to) {
    if (current.inHeader) {
      int room =
          Math.min(limits.headerOctetsMax(), limits.headerOctetsTotalMax() - headerOctetsTotal);
      header.append(bytes, from, Math.min(to - from, room - header.length()));
    } else if (preview.isOpen()) {
      preview.append(bytes, from, to);
    }
  }

  private void keepPrefix(byte[] bytes, int from, int to) {
    int count = Math.min(to - from, linePrefix.length - linePrefixLength);
    System.arraycopy(bytes, from, linePrefix, linePrefixLength, count);
    linePrefixLength += count;
    lineLength += to - from;
  }

  /**
   * A line is complete.
   *
   * @param bytes which holds its beginning, from {@code from} to {@code to}
   * @param length of the line without its end
   * @param lineEnd length of its end, 0 at the end of the message
   */
  private void endLine(byte[] bytes, int from, int to, long length, int lineEnd) {
    long next = lineStart + length + lineEnd;
    PartBuilder delimited = null;
    if (to - from > 2 && bytes[from] == '-' && bytes[from + 1] == '-' && !boundaries.isEmpty()) {
      delimited = boundaries.match(bytes, from + 2, to);
    }
    if (delimited != null) {
      int after = from + 2 + boundaries.matchedLength();
      boolean close = to - after >= 2 && bytes[after] == '-' && bytes[after + 1] == '-';
      delimiter(delimited, close, next);
    }
    if (lineEnd > 0) {
      lineEnds++;
    }
    if (delimited == null && length == 0 && current.inHeader) {
      endHeader(next);
    }
    // The line end before a part's first line is not the part's own.
    previousLineEnd = lineEnd;
    lineStart = next;
    lineLength = 0;
    linePrefixLength = 0;
  }

  /** At a line that begins with a multipart's boundary. */
  private void delimiter(PartBuilder multipart, boolean close, long next) {
    if (!close && parts >= limits.partsMax()) {
      return;
    }
    endPartsIn(multipart, lineStart);
    if (close) {
      boundaries.close(multipart);
    } else {
      startPart(multipart, next, false);
    }
  }

  private void startPart(PartBuilder parent, long offset, boolean message) {
    parts++;
    current = new PartBuilder(parent, offset, message);
    header.truncate(0);
  }

  private void endHeader(long bodyOffset) {
    PartBuilder part = current;
    part.inHeader = false;
    part.headerLength = bodyOffset - part.headerOffset;
    part.bodyOffset = bodyOffset;
    part.lines = lineEnds;
    int length = (int) Math.min(header.length(), part.headerLength);
    part.readHeader(header.array(), length, limits);
    headerOctetsTotal += length;
    addresses += part.writeEnvelope(limits.addressesMax() - addresses);
    boolean deeper = part.depth < limits.depthMax();
    if (part.isMultipart()) {
      byte[] boundary = part.boundary(limits);
      if (deeper && boundary.length > 0) {
        boundaries.open(boundary, part);
      }
    } else if (part.isMessage()) {
      if (deeper && parts < limits.partsMax()) {
        startPart(part, bodyOffset, true);
      }
    } else {
      preview.open(part);
    }
  }

  /** Ends all parts inside one, which becomes the current part, or all if there is none. */
  private void endPartsIn(@Nullable PartBuilder outer, long delimiter) {
    long end = outer == null ? delimiter : contentEnd(outer, delimiter);
    while (current != outer) {
      PartBuilder part = current;
      if (part.inHeader) {
        endHeader(delimiter);
        continue; // which may have begun a message
      }
      part.close(end, lineEnds - (end < delimiter ? 1 : 0));
      if (part.isMultipart()) {
        boundaries.close(part);
      }
      preview.close(part);
      if (part.parent == null) {
        return;
      }
      current = part.parent;
    }
  }

  /**
   * Where the part of a multipart ends: the line end before a delimiter belongs to that (RFC 2046
   * §5.1.1), unless it is the one that ends the part's header.
   */
  private long contentEnd(PartBuilder multipart, long delimiter) {
    PartBuilder part = current;
    while (part.parent != null && part != multipart && part.parent != multipart) {
      part = part.parent;
    }
    return part.inHeader ? delimiter : Math.max(part.bodyOffset, delimiter - previousLineEnd);
  }

  /** The digest of all that was given. Call once. */
  public ContentDigest finish() {
    if (finished) {
      throw new IllegalStateException("finish() was called before");
    }
    finished = true;
    if (lineLength > 0 || lineEndsInCr) {
      endLine(linePrefix, 0, linePrefixLength, lineLength, lineEndsInCr ? 1 : 0);
    }
    endPartsIn(null, lineStart);
    return DigestCodec.encode(root, lineStart, preview.text());
  }

  /** Boundary comparisons so far: the work that is not one look at each octet. */
  long comparisons() {
    return boundaries.comparisons();
  }
}
