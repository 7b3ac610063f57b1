package org.postrider.message;

import java.util.Arrays;

/** Octets of an IMAP response in the making (RFC 3501 §9). Strings have one character per octet. */
final class ImapBuffer {
  private byte[] bytes;
  private int length;

  ImapBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  ImapBuffer octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  void truncate(int newLength) {
    length = newLength;
  }

  ImapBuffer append(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Syntax or characters that need no quoting. */
  ImapBuffer ascii(String text) {
    return latin1(text);
  }

  // The only JDK method that copies a string's octets without a new array; exact for this form.
  @SuppressWarnings("deprecation")
  private ImapBuffer latin1(String text) {
    int count = text.length();
    room(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  ImapBuffer number(long value) {
    return ascii(Long.toString(value));
  }

  /** NIL for an empty string. */
  ImapBuffer nilOrString(String raw) {
    return raw.isEmpty() ? ascii("NIL") : string(raw);
  }

  /**
   * A quoted string, or a literal where octets above 127 or line ends ask for it. NUL, which
   * neither can hold, becomes a question mark.
   */
  ImapBuffer string(String raw) {
    int count = raw.length();
    int escapes = 0;
    boolean nul = false;
    for (int i = 0; i < count; i++) {
      char c = raw.charAt(i);
      if (c > 126 || c == '\r' || c == '\n') {
        return literal(raw);
      }
      if (c == '"' || c == '\\') {
        escapes++;
      } else if (c == 0) {
        nul = true;
      }
    }
    String text = nul ? raw.replace('\0', '?') : raw;
    if (escapes == 0) {
      return octet('"').latin1(text).octet('"');
    }
    room(count + escapes + 2);
    bytes[length++] = '"';
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        bytes[length++] = '\\';
      }
      bytes[length++] = (byte) c;
    }
    bytes[length++] = '"';
    return this;
  }

  private ImapBuffer literal(String raw) {
    return octet('{').number(raw.length()).ascii("}\r\n").latin1(raw.replace('\0', '?'));
  }

  /** A number of up to 64 bits, seven bits an octet, low ones first. */
  ImapBuffer varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      octet((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    return octet((int) rest);
  }
}
