package org.postrider.imap.response;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.postrider.imap.syntax.ImapDate;
import org.postrider.imap.syntax.ModifiedUtf7;
import org.postrider.imap.syntax.Syntax;
import org.postrider.imap.syntax.UidRanges;

/** Gathers the octets of responses; numbers and dates are formatted without garbage. */
public final class ResponseBuffer {
  private static final int INITIAL = 256;

  private byte[] bytes = new byte[INITIAL];
  private int size;
  private long drained;
  private boolean utf8;

  /** Whether mailbox names go out as UTF-8 from now on (RFC 6855 §3). */
  void utf8(boolean enabled) {
    utf8 = enabled;
  }

  public int size() {
    return size;
  }

  /** How much was put in ever; for {@link #rewind}. */
  public long position() {
    return drained + size;
  }

  /** Takes back what was put in since; false when some of it has left. */
  public boolean rewind(long position) {
    if (position < drained) {
      return false;
    }
    size = (int) (position - drained);
    return true;
  }

  /** Makes room; the buffer may be another one afterwards. */
  private int reserve(int count) {
    if (count > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, count), 2 * bytes.length));
    }
    int at = size;
    size += count;
    return at;
  }

  /** Octets as they are. */
  public ResponseBuffer raw(byte[] octets) {
    return raw(octets, 0, octets.length);
  }

  /** Octets as they are. */
  public ResponseBuffer raw(byte[] octets, int offset, int length) {
    int at = reserve(length);
    System.arraycopy(octets, offset, bytes, at, length);
    return this;
  }

  /** A text of ASCII characters, as it is. */
  public ResponseBuffer ascii(String text) {
    int at = reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[at + i] = (byte) text.charAt(i);
    }
    return this;
  }

  public ResponseBuffer character(char c) {
    int at = reserve(1);
    bytes[at] = (byte) c;
    return this;
  }

  public ResponseBuffer crlf() {
    return character('\r').character('\n');
  }

  /** A number in decimal, not negative. */
  public ResponseBuffer number(long value) {
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    int at = reserve(digits);
    long v = value;
    for (int i = digits - 1; i >= 0; i--) {
      bytes[at + i] = (byte) ('0' + v % 10);
      v /= 10;
    }
    return this;
  }

  /** A date-time in quotes. */
  public ResponseBuffer dateTime(long epochMillis) {
    int at = reserve(ImapDate.DATE_TIME_LENGTH + 2);
    bytes[at] = '"';
    ImapDate.format(epochMillis, bytes, at + 1);
    bytes[at + 1 + ImapDate.DATE_TIME_LENGTH] = '"';
    return this;
  }

  /** A sentence for a person: what is no printable ASCII becomes a question mark. */
  public ResponseBuffer sentence(String text) {
    int at = reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes[at + i] = (byte) (c >= 0x20 && c < 0x7f ? c : '?');
    }
    return this;
  }

  /** A mailbox name, in modified UTF-7 or UTF-8, as atom or string. */
  public ResponseBuffer mailbox(String name) {
    return astring(utf8 ? name : ModifiedUtf7.encode(name));
  }

  /** An atom where the text is one, a string otherwise. */
  public ResponseBuffer astring(String text) {
    return Syntax.isAtom(text) && !text.equalsIgnoreCase("NIL") ? ascii(text) : string(text);
  }

  /** A quoted string, or a literal where that can't say it. */
  public ResponseBuffer string(String text) {
    boolean quotable = text.length() <= 1000;
    boolean plain = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quotable = quotable && c != '\r' && c != '\n' && c != 0;
      plain = plain && c < 0x80;
    }
    if (!quotable || (!plain && !utf8)) {
      byte[] octets = text.getBytes(StandardCharsets.UTF_8);
      return character('{').number(octets.length).ascii("}\r\n").raw(octets);
    }
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    character('"');
    for (byte octet : octets) {
      if (octet == '"' || octet == '\\') {
        character('\\');
      }
      character((char) (octet & 0xff));
    }
    return character('"');
  }

  /** Numbers as a sequence-set in that order; runs that ascend one by one as ranges. */
  public ResponseBuffer set(long[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      int run = i;
      while (run + 1 < numbers.length && numbers[run + 1] == numbers[run] + 1) {
        run++;
      }
      if (i > 0) {
        character(',');
      }
      number(numbers[i]);
      if (run > i) {
        character(':').number(numbers[run]);
      }
      i = run;
    }
    return this;
  }

  /** Some of the ranges, as a sequence-set. */
  ResponseBuffer ranges(UidRanges ranges, int from, int to) {
    for (int i = from; i < to; i++) {
      if (i > from) {
        character(',');
      }
      number(ranges.first(i));
      if (ranges.last(i) > ranges.first(i)) {
        character(':').number(ranges.last(i));
      }
    }
    return this;
  }

  /** Writes what was gathered and starts anew; lets go of a large buffer. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
    drained += size;
    size = 0;
    if (bytes.length > 16 * INITIAL) {
      bytes = new byte[INITIAL];
    }
  }

  /** As {@link #writeTo}, but keeps the buffer, for the next of many responses. */
  public void drainTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
    drained += size;
    size = 0;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }
}
