package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Header;
import org.postrider.message.MimePart;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;
import org.postrider.storage.DeliveryQueue.Entry;

/**
 * A message on its way out: its envelope's sender and options, and its octets without the fields
 * that only final delivery may add (RFC 5321 §4.4).
 */
final class Letter implements LetterForm {
  /** The option of entries that go over authenticated TLS only (RFC 8689). */
  static final String REQUIRETLS = "REQUIRETLS";

  private static final List<String> FINAL_FIELDS = List.of("return-path:", "delivery-date:");

  private final Contents contents;
  private final ContentId content;
  private final String reversePath;
  private final List<String> options;
  private final byte[] header;
  private final long skipped;
  private final long size;
  private @Nullable Deadline deadline;
  private long sentAt;

  static Letter of(Contents contents, Entry entry) {
    return new Letter(
        contents, entry.content(), entry.reversePath(), entry.envelopeOptions(), entry.size());
  }

  /** The same, as it is sent at that time. */
  static Letter of(Contents contents, Entry entry, Instant now) {
    Letter letter = of(contents, entry);
    letter.deadline = Deadline.of(entry);
    letter.sentAt = now.toEpochMilli();
    return letter;
  }

  /**
   * @param reversePath empty for {@code <>}
   * @param options parameters of MAIL that were kept
   * @param size of the content, octets
   */
  static Letter of(
      Contents contents, ContentId content, String reversePath, String options, long size) {
    return new Letter(contents, content, reversePath, options, size);
  }

  private Letter(
      Contents contents, ContentId content, String reversePath, String options, long size) {
    this.contents = contents;
    this.content = content;
    this.reversePath = reversePath;
    this.options = options.isEmpty() ? List.of() : List.of(options.split(" ", -1));
    this.header = contents.header(content);
    this.skipped = finalFields(header);
    this.size = size - skipped;
  }

  private static int finalFields(byte[] header) {
    int start = 0;
    for (String field : FINAL_FIELDS) {
      int end = start + field.length();
      if (end <= header.length && isField(header, start, field)) {
        while (end < header.length && header[end] != '\n') {
          end++;
        }
        start = Math.min(end + 1, header.length);
      }
    }
    return start;
  }

  private static boolean isField(byte[] header, int start, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (Character.toLowerCase((char) header[start + i]) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Empty for {@code <>}. */
  String reversePath() {
    return reversePath;
  }

  @Override
  public long size() {
    return size;
  }

  /** Whether the sender asked for that, for instance {@code SMTPUTF8}. */
  boolean has(String keyword) {
    return option(keyword).isPresent();
  }

  /** A parameter of MAIL as it was given, for instance {@code RET=HDRS}. */
  Optional<String> option(String keyword) {
    return options.stream()
        .filter(option -> {
          String upper = option.toUpperCase(Locale.ROOT);
          return upper.equals(keyword) || upper.startsWith(keyword + "=");
        })
        .findFirst();
  }

  /** The value of BY for the next server (RFC 2852), or null when there is no deadline. */
  @Nullable String by() {
    Deadline limit = deadline;
    return limit == null ? null : limit.remaining(sentAt);
  }

  /**
   * Whether the message has to come back at once, since a server cannot keep its deadline (RFC 2852
   * §4.1.4).
   *
   * @param offered whether the server has DELIVERBY
   * @param least the least time that it promises anything for, seconds
   */
  boolean isTooUrgent(boolean offered, long least) {
    Deadline limit = deadline;
    return limit != null && limit.comesBack() && (!offered || limit.seconds(sentAt) < least);
  }

  /** The header without what final delivery added, with its empty line. */
  byte[] header() {
    byte[] sent = new byte[header.length - (int) skipped];
    System.arraycopy(header, (int) skipped, sent, 0, sent.length);
    return sent;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    contents.copy(content, skipped, size, out);
  }

  boolean hasEightBitHeader() {
    for (byte octet : header) {
      if (octet < 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether any octet is above 127; reads the whole message. */
  boolean isEightBit() throws IOException {
    OctetScan scan = new OctetScan();
    writeTo(scan);
    return scan.isEightBit();
  }

  /** Whether the sender said that it may not be sent as lines (RFC 3030 §3). */
  boolean isBinary() {
    return option("BODY").filter(body -> body.equalsIgnoreCase("BODY=BINARYMIME")).isPresent();
  }

  /** What its sender says about TLS (RFC 8689 §4.1): the option is above the field. */
  TlsWish tlsWish() {
    if (has(REQUIRETLS)) {
      return TlsWish.REQUIRED;
    }
    return Header.parse(header)
            .first("TLS-Required")
            .filter(value -> value.equalsIgnoreCase("No"))
            .isPresent()
        ? TlsWish.OPTIONAL
        : TlsWish.BY_POLICY;
  }

  /** The parts; offsets are {@link #copy}'s. */
  MimePart structure() {
    return contents.digest(content).root();
  }

  /** Where that which is sent begins. */
  long start() {
    return skipped;
  }

  void copy(long offset, long length, OutputStream out) throws IOException {
    if (length > 0) {
      contents.copy(content, offset, length, out);
    }
  }
}
