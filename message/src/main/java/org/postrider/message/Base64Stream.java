package org.postrider.message;

import java.io.InputStream;
import java.util.Arrays;

/**
 * Decodes base64 (RFC 2045 §6.8). Other characters are skipped; after padding a new quantum begins,
 * as where encoded pieces were joined; missing padding is no error.
 */
final class Base64Stream extends DecodingStream {
  private static final byte[] DIGITS = new byte[256];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 64; i++) {
      DIGITS[alphabet.charAt(i)] = (byte) i;
    }
    DIGITS['='] = -2;
  }

  private int bits;
  private int digits;

  Base64Stream(InputStream encoded) {
    super(encoded);
  }

  @Override
  int decode(byte[] in, int count, byte[] out) {
    int length = 0;
    for (int i = 0; i < count; i++) {
      int digit = DIGITS[in[i] & 0xff];
      if (digit >= 0) {
        bits = bits << 6 | digit;
        if (++digits == 4) {
          out[length++] = (byte) (bits >> 16);
          out[length++] = (byte) (bits >> 8);
          out[length++] = (byte) bits;
          digits = 0;
        }
      } else if (digit == -2) {
        length = rest(out, length);
      }
    }
    return length;
  }

  private int rest(byte[] out, int offset) {
    int length = offset;
    if (digits >= 2) {
      out[length++] = (byte) (bits >> (digits == 2 ? 4 : 10));
    }
    if (digits == 3) {
      out[length++] = (byte) (bits >> 2);
    }
    digits = 0;
    return length;
  }

  @Override
  int finish(byte[] out) {
    return rest(out, 0);
  }
}
