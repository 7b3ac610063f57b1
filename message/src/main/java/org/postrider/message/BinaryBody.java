package org.postrider.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of a message that came with BODY=BINARYMIME (RFC 3030 §3) or as a literal8 (RFC 3516
 * §4.4): its parts whose transfer encoding is binary are encoded in base64 as they come, and say
 * so; all else passes as it is. So what is stored can be read by IMAP and POP3 and be sent to any
 * server.
 *
 * <p>A binary part in a multipart that is signed is refused, since the signature would be broken.
 */
public final class BinaryBody {
  /** Takes runs of octets; the array is not kept. */
  @FunctionalInterface
  public interface Sink {
    void write(byte[] octets, int offset, int length);
  }

  /** Why a message cannot be taken. */
  public enum Failure {
    HEADER_TOO_BIG,
    /** Encoding its parts would break the signature. */
    SIGNED,
    TOO_MANY_PARTS
  }

  /** A delimiter line of RFC 2046 §5.1.1 with some space behind it. */
  private static final int DELIMITER_MAX = 4 + 70 + 64;

  private static final int PARTS_MAX = 10_000;
  private static final int DEPTH_MAX = 50;

  /** Octets of a line of base64 before it is encoded. */
  private static final int GROUP = 57;

  private static final byte[] CRLF = {'\r', '\n'};

  /** Where in the structure the octets belong. */
  private enum Place {
    HEADER,
    /** Between delimiters of a multipart, or in a part that needs no encoding. */
    TEXT,
    BINARY
  }

  private final Sink sink;
  private final int headerMax;
  private final Deque<byte[]> boundaries = new ArrayDeque<>();
  private final ByteArrayOutputStream header = new ByteArrayOutputStream();

  /** The line end that may belong to a delimiter, and the start of the line behind it. */
  private final byte[] held = new byte[DELIMITER_MAX + 2];

  private final byte[] group = new byte[GROUP];
  private final byte[] out = new byte[8192];
  private int outLength;
  private int heldLength;
  private int groupLength;
  private boolean lineStart = true;
  private Place place = Place.HEADER;
  private int headerLine;
  private int parts;
  // How many multiparts there are from the outermost to the signed one, 0 outside of such.
  private int signedDepth;
  private @Nullable Failure failure;

  /**
   * @param sink takes header and body
   * @param headerMax octets of a part's header
   */
  public BinaryBody(Sink sink, int headerMax) {
    this.sink = sink;
    this.headerMax = headerMax;
  }

  /** Why the message cannot be taken, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** Takes octets of the message; after a {@link #failure} it does nothing. */
  public void write(byte[] source, int offset, int length) {
    for (int i = offset; i < offset + length && failure == null; i++) {
      if (place == Place.HEADER) {
        inHeader(source[i]);
      } else {
        inBody(source[i]);
      }
    }
  }

  private void inHeader(byte octet) {
    header.write(octet);
    if (header.size() > headerMax) {
      failure = Failure.HEADER_TOO_BIG;
    } else if (octet == '\n') {
      if (headerLine == 0 || (headerLine == 1 && header.size() >= 2 && isLastCr())) {
        beginBody(true);
      }
      headerLine = 0;
    } else {
      headerLine++;
    }
  }

  private boolean isLastCr() {
    byte[] octets = header.toByteArray();
    return octets[octets.length - 2] == '\r';
  }

  /**
   * The header of a part is complete.
   *
   * @param emptyLine whether it ended with one
   */
  private void beginBody(boolean emptyLine) {
    byte[] octets = header.toByteArray();
    header.reset();
    headerLine = 0;
    lineStart = true;
    DigestBuilder digest = new DigestBuilder();
    digest.update(octets, 0, octets.length);
    MimePart part = digest.finish().root();
    boolean binary = part.encoding().equals("binary");
    if (binary && signedDepth > 0) {
      failure = Failure.SIGNED;
      return;
    }
    if (part.isMultipart()) {
      if (boundaries.size() >= DEPTH_MAX) {
        failure = Failure.TOO_MANY_PARTS;
        return;
      }
      String boundary = part.parameter("boundary").orElse("");
      boundaries.push(("--" + boundary).getBytes(StandardCharsets.ISO_8859_1));
      if (signedDepth == 0 && part.subtype().equals("signed")) {
        signedDepth = boundaries.size();
      }
      emit(binary ? labelled(octets, "8bit") : octets);
      place = Place.TEXT;
    } else if (part.isMessage()) {
      emit(binary ? labelled(octets, "8bit") : octets);
      place = emptyLine ? Place.HEADER : Place.TEXT;
    } else {
      emit(binary ? labelled(octets, "base64") : octets);
      place = binary ? Place.BINARY : Place.TEXT;
    }
  }

  private static byte[] labelled(byte[] header, String encoding) {
    ByteArrayOutputStream labelled = new ByteArrayOutputStream(header.length + 16);
    int from = 0;
    for (HeaderField field : Header.parse(header).fields()) {
      if (field.is("Content-Transfer-Encoding")) {
        labelled.write(header, from, field.offset() - from);
        labelled.writeBytes(
            ("Content-Transfer-Encoding: " + encoding + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        from = field.offset() + field.length();
      }
    }
    labelled.write(header, from, header.length - from);
    return labelled.toByteArray();
  }

  private void inBody(byte octet) {
    held[heldLength++] = octet;
    int start = heldLength >= 2 && held[0] == '\r' && held[1] == '\n' ? 2 : 0;
    if (!lineStart) {
      // Not at the start of a line: only CRLF is held back.
      if (heldLength == 1 && octet == '\r') {
        return;
      }
      if (heldLength == 2 && start == 2) {
        lineStart = true;
        return;
      }
      release(octet);
      return;
    }
    int line = heldLength - start;
    boolean end = line >= 2 && octet == '\n' && held[heldLength - 2] == '\r';
    if (end && isDelimiter(start, heldLength - 2)) {
      return;
    }
    if (end) {
      // A line that is no delimiter; its end may be that of the next one.
      pass(0, heldLength - 2);
      held[0] = '\r';
      held[1] = '\n';
      heldLength = 2;
    } else if (heldLength == held.length || !mayBeDelimiter(start)) {
      lineStart = false;
      release(octet);
    }
  }

  /** Gives up what is held; a CR at its end may begin a line end. */
  private void release(byte last) {
    int keep = last == '\r' ? 1 : 0;
    pass(0, heldLength - keep);
    held[0] = last;
    heldLength = keep;
  }

  private boolean mayBeDelimiter(int start) {
    for (int i = start; i < Math.min(heldLength, start + 2); i++) {
      boolean dash = held[i] == '-';
      boolean lineEnd = held[i] == '\r' || (i > start && held[i] == '\n');
      if (!dash && !lineEnd) {
        return false;
      }
    }
    return true;
  }

  /** Acts on a delimiter; false when the line is none. */
  private boolean isDelimiter(int start, int end) {
    int depth = 0;
    for (byte[] boundary : boundaries) {
      int after = start + boundary.length;
      if (boundary.length > 2
          && after <= end
          && Arrays.equals(held, start, after, boundary, 0, boundary.length)) {
        boolean last = after + 2 <= end && held[after] == '-' && held[after + 1] == '-';
        if (isBlank(last ? after + 2 : after, end)) {
          delimit(start, end, depth, last);
          return true;
        }
      }
      depth++;
    }
    return false;
  }

  private boolean isBlank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (held[i] != ' ' && held[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private void delimit(int start, int end, int depth, boolean last) {
    endPart();
    for (int i = 0; i < depth; i++) {
      pop();
    }
    if (start > 0) {
      emit(CRLF);
    }
    emit(Arrays.copyOfRange(held, start, end));
    heldLength = 0;
    if (last) {
      pop();
      place = Place.TEXT;
      held[0] = '\r';
      held[1] = '\n';
      heldLength = 2;
      lineStart = true;
    } else if (++parts > PARTS_MAX) {
      failure = Failure.TOO_MANY_PARTS;
    } else {
      emit(CRLF);
      place = Place.HEADER;
      headerLine = 0;
    }
  }

  private void pop() {
    boundaries.pop();
    if (boundaries.size() < signedDepth) {
      signedDepth = 0;
    }
  }

  private void pass(int from, int to) {
    if (place != Place.BINARY) {
      for (int i = from; i < to; i++) {
        put(held[i]);
      }
      return;
    }
    for (int i = from; i < to; i++) {
      group[groupLength++] = held[i];
      if (groupLength == GROUP) {
        encode(true);
      }
    }
  }

  private void encode(boolean more) {
    byte[] octets = groupLength == GROUP ? group : Arrays.copyOf(group, groupLength);
    emit(Base64.getEncoder().encode(octets));
    groupLength = 0;
    if (more) {
      emit(CRLF);
    }
  }

  /** The part has ended; its last line of base64 is written without its end. */
  private void endPart() {
    if (place == Place.BINARY && groupLength > 0) {
      encode(false);
    }
  }

  private void emit(byte[] octets) {
    for (byte octet : octets) {
      put(octet);
    }
  }

  private void put(byte octet) {
    if (outLength == out.length) {
      flush();
    }
    out[outLength++] = octet;
  }

  private void flush() {
    sink.write(out, 0, outLength);
    outLength = 0;
  }

  /** The message has ended. */
  public void end() {
    if (failure != null) {
      return;
    }
    int start = heldLength >= 2 && held[0] == '\r' && held[1] == '\n' ? 2 : 0;
    if (place == Place.HEADER) {
      emit(header.toByteArray());
    } else if (!lineStart || heldLength == start || !isDelimiter(start, heldLength)) {
      pass(0, heldLength);
      endPart();
    }
    flush();
  }
}
