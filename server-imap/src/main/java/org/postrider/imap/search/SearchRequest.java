package org.postrider.imap.search;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * The arguments of SEARCH.
 *
 * @param options what ESEARCH is to return (RFC 4731), or null for a SEARCH response
 * @param charset the charset's name as the client gave it, or null
 * @param charsetKnown whether texts could be read; when not, {@code key} is of no use
 */
public record SearchRequest(
    @Nullable Set<Option> options, @Nullable String charset, boolean charsetKnown, SearchKey key) {
  /** Return options. */
  public enum Option {
    MIN,
    MAX,
    COUNT,
    ALL
  }

  public static SearchRequest parse(ImapReader in) throws IOException, ImapSyntaxException {
    Set<Option> options = null;
    String name = null;
    Charset charset = StandardCharsets.UTF_8;
    boolean known = true;
    if (startsWith(in, "RETURN")) {
      options = options(in);
      in.space();
    }
    if (startsWith(in, "CHARSET")) {
      name = in.text();
      in.space();
      Charset found = find(name);
      known = found != null;
      // Octets of an unknown charset are read as something, so that the command's end is found.
      charset = found == null ? StandardCharsets.ISO_8859_1 : found;
    }
    SearchKey key = new SearchSyntax(in, charset).keys(0);
    return new SearchRequest(options, name, known, key);
  }

  /** Takes the word and the space after it, if the line goes on with them. */
  private static boolean startsWith(ImapReader in, String word) throws ImapSyntaxException {
    if (!in.acceptWord(word)) {
      return false;
    }
    in.space();
    return true;
  }

  private static Set<Option> options(ImapReader in) throws ImapSyntaxException {
    Set<Option> options = EnumSet.noneOf(Option.class);
    in.expect('(');
    if (in.accept(')')) {
      // RFC 4731 §3.1: no option means ALL.
      return EnumSet.of(Option.ALL);
    }
    do {
      String name = in.word();
      switch (name) {
        case "MIN", "MAX", "COUNT", "ALL" -> options.add(Option.valueOf(name));
        default -> throw new ImapSyntaxException("No such return option");
      }
    } while (in.accept(' '));
    in.expect(')');
    return options;
  }

  private static @Nullable Charset find(String name) {
    try {
      Charset charset = Charset.forName(name);
      // RFC 3501 §6.4.4: US-ASCII; UTF-8 contains it, and forgives who means more than he says.
      return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return null;
    }
  }
}
