package org.postrider.message;

import java.io.IOException;
import java.io.Reader;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text of HTML as a reader sees it: without tags, comments, scripts and styles, character
 * references resolved, white space collapsed. A tag inside a line joins what stands around it; one
 * that begins or ends a block stands for a space. Forgiving: what is no HTML comes out somehow.
 */
public final class HtmlText extends Reader {
  /** Tags that do not end a word. */
  private static final Set<String> INLINE =
      Set.of(
          "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em",
          "font", "i", "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike",
          "strong", "sub", "sup", "tt", "u", "var", "wbr");

  /** Elements without text. */
  private static final Set<String> SILENT = Set.of("script", "style");

  private static final int NAME_MAX = 10;
  private static final int REFERENCE_MAX = 12;
  private static final int END = -1;
  private static final int NOTHING = -2;

  private final Reader html;

  /** Characters that were read ahead, the next one last. */
  private final StringBuilder ahead = new StringBuilder();

  /** Characters that are to be given out before others. */
  private final StringBuilder ready = new StringBuilder();

  private @Nullable String silent;
  private boolean space;
  private boolean begun;

  /**
   * @param html its characters, charset and transfer encoding decoded
   */
  public HtmlText(Reader html) {
    this.html = html;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    int count = 0;
    while (count < length) {
      int c = visible();
      if (c == END) {
        return count == 0 && length > 0 ? END : count;
      }
      target[offset + count++] = (char) c;
    }
    return count;
  }

  /** The next character that is seen, spaces collapsed. */
  private int visible() throws IOException {
    while (ready.isEmpty()) {
      int c = next();
      if (c == END) {
        return END;
      }
      if (c == '<') {
        tag();
      } else if (silent == null) {
        character(c == '&' ? reference() : c);
      }
    }
    char first = ready.charAt(0);
    ready.deleteCharAt(0);
    return first;
  }

  private void character(int c) {
    if (c == NOTHING) {
      return;
    }
    if (Character.isWhitespace(c) || c == 0xA0) {
      space = true;
      return;
    }
    if (space && begun) {
      ready.append(' ');
    }
    space = false;
    begun = true;
    ready.appendCodePoint(c);
  }

  private int next() throws IOException {
    int last = ahead.length() - 1;
    if (last < 0) {
      return html.read();
    }
    char c = ahead.charAt(last);
    ahead.setLength(last);
    return c;
  }

  private void unread(CharSequence text) {
    for (int i = text.length() - 1; i >= 0; i--) {
      ahead.append(text.charAt(i));
    }
  }

  /** What follows {@code <}. */
  private void tag() throws IOException {
    int c = next();
    if (c == '!' || c == '?') {
      if (silent == null) {
        declaration();
      }
      return;
    }
    boolean closing = c == '/';
    if (closing) {
      c = next();
    }
    if (!isLetter(c)) {
      if (c != END) {
        unread(Character.toString(c));
      }
      if (silent == null && !closing) {
        character('<');
      }
      return;
    }
    StringBuilder name = new StringBuilder();
    while (c != END && c != '>' && c != '/' && !Character.isWhitespace(c)) {
      if (name.length() < NAME_MAX) {
        name.append((char) c);
      }
      c = next();
    }
    tag(name.toString().toLowerCase(Locale.ROOT), closing, c);
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /**
   * @param after the character after the name
   */
  private void tag(String name, boolean closing, int after) throws IOException {
    if (silent != null) {
      if (closing && name.equals(silent)) {
        silent = null;
        toEndOfTag(after);
      } else if (after != END) {
        unread(Character.toString(after));
      }
      return;
    }
    toEndOfTag(after);
    if (!closing && SILENT.contains(name)) {
      silent = name;
    }
    if (!INLINE.contains(name)) {
      space = true;
    }
  }

  private void toEndOfTag(int first) throws IOException {
    int quote = 0;
    for (int c = first; c != END; c = next()) {
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '>') {
        return;
      } else if (c == '"' || c == '\'') {
        quote = c;
      }
    }
  }

  /** A comment ends with {@code -->}, anything else with {@code >}. */
  private void declaration() throws IOException {
    int first = next();
    if (first != '-') {
      for (int c = first; c != END && c != '>'; c = next()) {}
      return;
    }
    int dashes = 0;
    for (int c = next(); c != END; c = next()) {
      if (c == '>' && dashes >= 2) {
        return;
      }
      dashes = c == '-' ? dashes + 1 : 0;
    }
  }

  /** A character reference; what is none is an ampersand. */
  private int reference() throws IOException {
    StringBuilder name = new StringBuilder();
    int c = next();
    while (c != END && c != ';' && name.length() < REFERENCE_MAX && isOfReference(c)) {
      name.append((char) c);
      c = next();
    }
    int meant = c == ';' ? HtmlReference.anyCharacter(name.toString()) : -1;
    if (meant < 0) {
      unread(c == END ? name : name.append((char) c));
      return '&';
    }
    return meant == 0 ? NOTHING : meant;
  }

  private static boolean isOfReference(int c) {
    return isLetter(c) || (c >= '0' && c <= '9') || c == '#';
  }

  @Override
  public void close() throws IOException {
    html.close();
  }
}
