package org.postrider.imap.syntax;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The encoding of international mailbox names (RFC 3501 §5.1.3): printable ASCII stands for itself,
 * {@code &} is written {@code &-}, all else is UTF-16 in a base64 with {@code ,} for {@code /}
 * between {@code &} and {@code -}.
 */
public final class ModifiedUtf7 {
  private ModifiedUtf7() {}

  public static String encode(String name) {
    StringBuilder out = new StringBuilder(name.length() + 8);
    int at = 0;
    while (at < name.length()) {
      char c = name.charAt(at);
      if (isDirect(c)) {
        out.append(c);
        if (c == '&') {
          out.append('-');
        }
        at++;
        continue;
      }
      int end = at;
      while (end < name.length() && !isDirect(name.charAt(end))) {
        end++;
      }
      // Not getBytes: it would replace a lone surrogate, and the way back must give the same name.
      byte[] utf16 = new byte[2 * (end - at)];
      for (int i = at; i < end; i++) {
        utf16[2 * (i - at)] = (byte) (name.charAt(i) >> 8);
        utf16[2 * (i - at) + 1] = (byte) name.charAt(i);
      }
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(utf16);
      out.append('&').append(base64.replace('/', ',')).append('-');
      at = end;
    }
    return out.toString();
  }

  /**
   * @throws IllegalArgumentException when the octets are not modified UTF-7, or not in the one way
   *     in which it writes a name: a separator could hide in base64
   */
  public static String decode(byte[] encoded) {
    String decoded = decodeAnyForm(encoded);
    if (!encode(decoded).equals(new String(encoded, StandardCharsets.US_ASCII))) {
      throw new IllegalArgumentException("not the only form");
    }
    return decoded;
  }

  private static String decodeAnyForm(byte[] encoded) {
    StringBuilder out = new StringBuilder(encoded.length);
    int at = 0;
    while (at < encoded.length) {
      int c = encoded[at] & 0xff;
      if (!isDirect((char) c)) {
        throw new IllegalArgumentException("not printable ASCII");
      }
      at++;
      if (c != '&') {
        out.append((char) c);
        continue;
      }
      int end = at;
      while (end < encoded.length && encoded[end] != '-') {
        end++;
      }
      if (end == encoded.length) {
        throw new IllegalArgumentException("a shift does not end");
      }
      if (end == at) {
        out.append('&');
      } else {
        out.append(shifted(new String(encoded, at, end - at, StandardCharsets.ISO_8859_1)));
      }
      at = end + 1;
    }
    return out.toString();
  }

  private static String shifted(String base64) {
    if (base64.indexOf('/') >= 0 || base64.indexOf('=') >= 0) {
      throw new IllegalArgumentException("not modified base64");
    }
    byte[] utf16 = Base64.getDecoder().decode(base64.replace(',', '/'));
    try {
      return StandardCharsets.UTF_16BE
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(utf16))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-16", e);
    }
  }

  private static boolean isDirect(char c) {
    return c >= 0x20 && c < 0x7f;
  }
}
