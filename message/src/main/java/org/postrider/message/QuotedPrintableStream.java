package org.postrider.message;

import java.io.InputStream;

/**
 * Decodes quoted-printable (RFC 2045 §6.7). An equals sign that begins neither an octet nor a soft
 * line break stays; of blanks at the end of a line, which are deleted, so many are held back that
 * no honest line has more.
 */
final class QuotedPrintableStream extends DecodingStream {
  private enum State {
    TEXT,
    EQUALS,
    FIRST_DIGIT,
    SOFT_BREAK_BLANKS,
    SOFT_BREAK_CR
  }

  private State state = State.TEXT;
  private byte firstDigit;
  private final byte[] blanks = new byte[HELD_MAX - 2];
  private int blankCount;

  QuotedPrintableStream(InputStream encoded) {
    super(encoded);
  }

  @Override
  int decode(byte[] in, int count, byte[] out) {
    int length = 0;
    for (int i = 0; i < count; i++) {
      byte b = in[i];
      if (state == State.TEXT && b > ' ' && b != '=') {
        if (blankCount > 0) {
          length = releaseBlanks(out, length);
        }
        out[length++] = b;
      } else {
        length = step(b, out, length);
      }
    }
    return length;
  }

  private int step(byte b, byte[] out, int length) {
    return switch (state) {
      case TEXT -> text(b, out, length);
      case EQUALS -> afterEquals(b, out, length);
      case FIRST_DIGIT -> secondDigit(b, out, length);
      case SOFT_BREAK_BLANKS -> FieldCursor.isBlank(b) ? length : softBreak(b, out, length);
      case SOFT_BREAK_CR -> {
        state = State.TEXT;
        yield b == '\n' ? length : text(b, out, length);
      }
    };
  }

  private int secondDigit(byte b, byte[] out, int length) {
    state = State.TEXT;
    int low = EncodedWords.hexDigit((char) (b & 0xff));
    if (low >= 0) {
      out[length] = (byte) (EncodedWords.hexDigit((char) firstDigit) << 4 | low);
      return length + 1;
    }
    out[length] = '=';
    out[length + 1] = firstDigit;
    return text(b, out, length + 2);
  }

  /** After an equals sign and blanks: the line end, or text after all. */
  private int softBreak(byte b, byte[] out, int length) {
    state = b == '\r' ? State.SOFT_BREAK_CR : State.TEXT;
    return FieldCursor.isLineEnd(b) ? length : text(b, out, length);
  }

  private int text(byte b, byte[] out, int offset) {
    int length = offset;
    if (FieldCursor.isBlank(b)) {
      if (blankCount == blanks.length) {
        length = releaseBlanks(out, length);
      }
      blanks[blankCount++] = b;
      return length;
    }
    if (FieldCursor.isLineEnd(b)) {
      blankCount = 0;
    } else {
      length = releaseBlanks(out, length);
    }
    if (b == '=') {
      state = State.EQUALS;
      return length;
    }
    out[length] = b;
    return length + 1;
  }

  private int afterEquals(byte b, byte[] out, int length) {
    if (EncodedWords.hexDigit((char) (b & 0xff)) >= 0) {
      firstDigit = b;
      state = State.FIRST_DIGIT;
      return length;
    }
    if (FieldCursor.isBlank(b)) {
      state = State.SOFT_BREAK_BLANKS;
      return length;
    }
    if (FieldCursor.isLineEnd(b)) {
      return softBreak(b, out, length);
    }
    state = State.TEXT;
    out[length] = '=';
    return text(b, out, length + 1);
  }

  private int releaseBlanks(byte[] out, int offset) {
    System.arraycopy(blanks, 0, out, offset, blankCount);
    int length = offset + blankCount;
    blankCount = 0;
    return length;
  }

  @Override
  int finish(byte[] out) {
    int length = 0;
    if (state == State.FIRST_DIGIT) {
      out[length++] = '=';
      out[length++] = firstDigit;
    }
    return length;
  }
}
