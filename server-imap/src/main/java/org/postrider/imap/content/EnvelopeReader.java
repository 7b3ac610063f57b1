package org.postrider.imap.content;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the strings and first addresses of a ready-made ENVELOPE (RFC 3501 §7.4.2) in order. */
final class EnvelopeReader {
  /** The parts of an address; null stands for NIL. */
  record EnvelopeAddress(@Nullable String name, @Nullable String mailbox, @Nullable String host) {}

  private final byte[] bytes;
  private int at;

  EnvelopeReader(byte[] envelope) {
    bytes = envelope;
    expect('(');
  }

  /** The next string, or null for NIL; its octets as UTF-8 where they are, else as ISO-8859-1. */
  @Nullable String string() {
    space();
    int c = next();
    return switch (c) {
      case '"' -> quoted();
      case '{' -> literal();
      default -> {
        at += 2; // of NIL
        yield null;
      }
    };
  }

  /** The first of the next addresses, or null when there are none. */
  @Nullable EnvelopeAddress addresses() {
    space();
    if (next() != '(') {
      at += 2;
      return null;
    }
    EnvelopeAddress first = address();
    while (peek() == '(') {
      address();
    }
    expect(')');
    return first;
  }

  private EnvelopeAddress address() {
    expect('(');
    String name = string();
    string();
    String mailbox = string();
    String host = string();
    expect(')');
    return new EnvelopeAddress(name, mailbox, host);
  }

  private String quoted() {
    int start = at;
    boolean escaped = false;
    int c = next();
    while (c != '"') {
      if (c == '\\') {
        escaped = true;
        next();
      }
      c = next();
    }
    String text = new String(bytes, start, at - 1 - start, StandardCharsets.US_ASCII);
    return escaped ? unescaped(text) : text;
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 1 < text.length()) {
        i++;
      }
      plain.append(text.charAt(i));
    }
    return plain.toString();
  }

  private String literal() {
    int length = 0;
    for (int c = next(); c != '}'; c = next()) {
      length = 10 * length + c - '0';
    }
    expect('\r');
    expect('\n');
    if (length < 0 || length > bytes.length - at) {
      throw damaged();
    }
    int start = at;
    at += length;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }
  }

  private void space() {
    if (peek() == ' ') {
      at++;
    }
  }

  private int peek() {
    return at < bytes.length ? bytes[at] : -1;
  }

  private int next() {
    if (at >= bytes.length) {
      throw damaged();
    }
    return bytes[at++];
  }

  private void expect(char c) {
    if (next() != c) {
      throw damaged();
    }
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("not an ENVELOPE");
  }
}
