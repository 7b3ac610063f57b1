package org.postrider.smtp.relay;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.postrider.message.Header;
import org.postrider.message.HeaderField;
import org.postrider.message.MimePart;

/**
 * A message as a server without 8BITMIME takes it (RFC 6152 §3): each part that needs it is put
 * into quoted-printable or base64, and says so. Nothing but a plan is in memory; the octets are
 * read and encoded each time it is written.
 */
final class SevenBitForm implements LetterForm {
  private static final int HEADER_MAX = 256 << 10;
  private static final String ENCODING = "Content-Transfer-Encoding";

  private final Letter letter;
  private final List<Segment> segments = new ArrayList<>();
  private long size;

  /** A piece of what is sent. */
  private sealed interface Segment {
    /** As it is. */
    record Copy(long offset, long length) implements Segment {}

    /** What stands between parts, and no reader shows: octets above 127 become question marks. */
    record Filler(long offset, long length) implements Segment {}

    record Text(byte[] octets) implements Segment {}

    record QuotedPrintable(long offset, long length) implements Segment {}

    record Base64Text(long offset, long length) implements Segment {}
  }

  /** What became of a part. */
  private enum Change {
    NONE,
    CONVERTED,
    /** A header with octets above 127, a signed part, or one that is encoded already. */
    IMPOSSIBLE
  }

  private SevenBitForm(Letter letter) {
    this.letter = letter;
  }

  /**
   * Finds out what has to be encoded; reads the whole message.
   *
   * @return empty when it cannot be had without harm
   */
  static Optional<SevenBitForm> of(Letter letter) throws IOException {
    SevenBitForm form = new SevenBitForm(letter);
    if (form.plan(letter.structure(), true, letter.start(), form.segments) == Change.IMPOSSIBLE) {
      return Optional.empty();
    }
    CountingStream count = new CountingStream();
    form.writeTo(count);
    form.size = count.octets;
    return Optional.of(form);
  }

  /**
   * @param message whether the part's header is a message's
   * @param start where its header starts, for what precedes it is not sent
   */
  private Change plan(MimePart part, boolean message, long start, List<Segment> plan)
      throws IOException {
    long headerLength = part.bodyOffset() - start;
    OctetScan header = new OctetScan();
    letter.copy(start, headerLength, header);
    if (header.isEightBit()) {
      return Change.IMPOSSIBLE;
    }
    List<Segment> body = new ArrayList<>();
    String encoding = "7bit";
    Change change;
    if (!part.children().isEmpty()) {
      change = planChildren(part, body);
    } else {
      OctetScan scan = new OctetScan();
      letter.copy(part.bodyOffset(), part.bodyLength(), scan);
      boolean fits = !scan.isEightBit() && !scan.isBinary();
      change = fits ? Change.NONE : canEncode(part) ? Change.CONVERTED : Change.IMPOSSIBLE;
      boolean quoted = part.type().equals("text") && !scan.isBinary();
      encoding = fits ? encoding : quoted ? "quoted-printable" : "base64";
      body.add(
          fits
              ? new Segment.Copy(part.bodyOffset(), part.bodyLength())
              : quoted
                  ? new Segment.QuotedPrintable(part.bodyOffset(), part.bodyLength())
                  : new Segment.Base64Text(part.bodyOffset(), part.bodyLength()));
    }
    if (change == Change.NONE) {
      plan.add(new Segment.Copy(start, headerLength));
    } else if (change == Change.CONVERTED) {
      Optional<byte[]> relabelled = relabel(start, headerLength, message, encoding);
      if (relabelled.isEmpty()) {
        return Change.IMPOSSIBLE;
      }
      plan.add(new Segment.Text(relabelled.get()));
    }
    plan.addAll(body);
    return change;
  }

  private Change planChildren(MimePart part, List<Segment> plan) throws IOException {
    boolean converted = false;
    long at = part.bodyOffset();
    for (MimePart child : part.children()) {
      plan.add(new Segment.Filler(at, child.headerOffset() - at));
      switch (plan(child, part.isMessage(), child.headerOffset(), plan)) {
        case NONE -> {}
        case CONVERTED -> converted = true;
        case IMPOSSIBLE -> {
          return Change.IMPOSSIBLE;
        }
      }
      at = child.bodyOffset() + child.bodyLength();
    }
    plan.add(new Segment.Filler(at, part.bodyOffset() + part.bodyLength() - at));
    if (!converted) {
      return Change.NONE;
    }
    boolean sealed =
        part.isMultipart()
            && (part.subtype().equals("signed") || part.subtype().equals("encrypted"));
    return sealed ? Change.IMPOSSIBLE : Change.CONVERTED; // RFC 1847 §2.1
  }

  /** RFC 2046 §5.2.2, §5.2.3: those two are 7-bit and nothing else. */
  private static boolean canEncode(MimePart part) {
    boolean plain =
        part.encoding().equals("7bit")
            || part.encoding().equals("8bit")
            || part.encoding().equals("binary");
    boolean whole =
        !part.type().equals("message")
            || !(part.subtype().equals("partial") || part.subtype().equals("external-body"));
    return plain && whole && !part.isMultipart();
  }

  /** The header with another encoding; empty when it does not end as headers do. */
  private Optional<byte[]> relabel(long offset, long length, boolean message, String encoding)
      throws IOException {
    if (length > HEADER_MAX || length < 2) {
      return Optional.empty();
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream((int) length);
    letter.copy(offset, length, read);
    byte[] octets = read.toByteArray();
    if (octets[octets.length - 2] != '\r' || octets[octets.length - 1] != '\n') {
      return Optional.empty();
    }
    Header header = Header.parse(octets);
    ByteArrayOutputStream written = new ByteArrayOutputStream(octets.length + 100);
    int at = 0;
    for (HeaderField field : header.fields()) {
      if (field.is(ENCODING)) {
        written.write(octets, at, field.offset() - at);
        at = field.offset() + field.length();
      }
    }
    written.write(octets, at, octets.length - 2 - at);
    StringBuilder more = new StringBuilder();
    if (message && header.first("MIME-Version").isEmpty()) {
      more.append("MIME-Version: 1.0\r\n");
      if (header.first("Content-Type").isEmpty()) {
        more.append("Content-Type: text/plain; charset=unknown-8bit\r\n"); // RFC 1428 §3
      }
    }
    more.append(ENCODING).append(": ").append(encoding).append("\r\n\r\n");
    written.writeBytes(more.toString().getBytes(StandardCharsets.US_ASCII));
    return Optional.of(written.toByteArray());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    for (Segment segment : segments) {
      switch (segment) {
        case Segment.Copy(long offset, long length) -> letter.copy(offset, length, out);
        case Segment.Filler(long offset, long length) ->
            letter.copy(offset, length, new FillerStream(out));
        case Segment.Text(byte[] octets) -> out.write(octets);
        case Segment.QuotedPrintable(long offset, long length) -> {
          QuotedPrintableOutput encoder = new QuotedPrintableOutput(out);
          letter.copy(offset, length, encoder);
          encoder.finish();
        }
        case Segment.Base64Text(long offset, long length) -> {
          try (OutputStream encoder = Base64.getMimeEncoder().wrap(new Unclosed(out))) {
            letter.copy(offset, length, encoder);
          }
        }
      }
    }
  }

  /** Ends with its encoder, and not the connection with it. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      out.write(octets, offset, length);
    }

    @Override
    public void close() {}
  }

  private static final class FillerStream extends FilterOutputStream {
    FillerStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      byte[] masked = new byte[length];
      for (int i = 0; i < length; i++) {
        masked[i] = octets[offset + i] < 0 ? (byte) '?' : octets[offset + i];
      }
      out.write(masked);
    }
  }

  private static final class CountingStream extends OutputStream {
    private long octets;

    @Override
    public void write(int octet) {
      octets++;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      this.octets += length;
    }
  }
}
