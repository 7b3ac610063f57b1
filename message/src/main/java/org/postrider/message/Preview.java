package org.postrider.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Makes one short line of text from the start of a text part. */
final class Preview {
  private static final int CHARACTERS_MAX = 200;

  /** Decoding is what a preview costs, so that only these are decoded when they suffice. */
  private static final int FIRST_OCTETS = 400;

  private static final int CUT_CHARACTERS_MAX = 4;

  private final StringBuilder line = new StringBuilder(CHARACTERS_MAX + 1);
  private boolean space;
  private boolean full;

  private Preview() {}

  /** The preview of a text part of which the first octets are given. */
  static String of(byte[] octets, int length, String encoding, String charset, boolean html) {
    if (!html && length > FIRST_OCTETS) {
      Preview first = new Preview();
      String text = text(octets, FIRST_OCTETS, encoding, charset);
      // Not where what was cut off could show.
      if (first.plain(text) < text.length() - CUT_CHARACTERS_MAX && first.isFull()) {
        return first.line.toString();
      }
    }
    Preview preview = new Preview();
    String text = text(octets, length, encoding, charset);
    if (html) {
      preview.html(text);
    } else {
      preview.plain(text);
    }
    return preview.line.toString();
  }

  private static String text(byte[] octets, int length, String encoding, String charset) {
    return TextDecoder.decodeStart(decoded(octets, length, encoding), charset);
  }

  private static byte[] decoded(byte[] octets, int length, String encoding) {
    if (!encoding.equals("base64") && !encoding.equals("quoted-printable")) {
      return Arrays.copyOf(octets, length);
    }
    try (var in = TransferEncoding.decode(new ByteArrayInputStream(octets, 0, length), encoding)) {
      return in.readAllBytes();
    } catch (IOException impossible) { // the source is an array, and the decoders never refuse
      throw new UncheckedIOException(impossible);
    }
  }

  private boolean isFull() {
    return full || line.length() >= CHARACTERS_MAX;
  }

  /** How far it came in the text. */
  private int plain(String text) {
    int i = 0;
    while (i < text.length() && !isFull()) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      character(c);
    }
    return i;
  }

  /** Space is collapsed; control characters and the mark of a cut character are left out. */
  private void character(int c) {
    if (Character.isWhitespace(c) || c == 0xA0) {
      space = !line.isEmpty();
    } else if (!Character.isISOControl(c) && c != 0xFFFD && c != 0xFEFF && !isSurrogate(c)) {
      int needed = Character.charCount(c) + (space ? 1 : 0);
      if (line.length() + needed > CHARACTERS_MAX) {
        full = true;
        return;
      }
      if (space) {
        line.append(' ');
        space = false;
      }
      line.appendCodePoint(c);
    }
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private void html(String text) {
    int i = 0;
    while (i < text.length() && !isFull()) {
      char c = text.charAt(i);
      if (c == '<') {
        i = afterTag(text, i);
      } else if (c == '&') {
        i = entity(text, i);
      } else {
        int point = text.codePointAt(i);
        character(point);
        i += Character.charCount(point);
      }
    }
  }

  /** Passes over a tag, a comment, or an element that holds no text. */
  private int afterTag(String text, int at) {
    if (text.startsWith("<!--", at)) {
      return after(text, "-->", at);
    }
    for (String element : new String[] {"style", "script", "title"}) {
      if (text.regionMatches(true, at + 1, element, 0, element.length())) {
        return after(text, ">", after(text, "</" + element, at));
      }
    }
    space = !line.isEmpty();
    return after(text, ">", at);
  }

  private static int after(String text, String end, int at) {
    for (int i = at; i <= text.length() - end.length(); i++) {
      if (text.regionMatches(true, i, end, 0, end.length())) {
        return i + end.length();
      }
    }
    return text.length();
  }

  /** A character reference; what is none is an ampersand. */
  private int entity(String text, int at) {
    int end = text.indexOf(';', at, Math.min(text.length(), at + 12));
    int c = end < 0 ? -1 : HtmlReference.character(text.substring(at + 1, end));
    if (c < 0) {
      character('&');
      return at + 1;
    }
    if (c > 0) {
      character(c);
    }
    return end + 1;
  }
}
