package org.postrider.imap.search;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * What a searching command is to look for.
 *
 * @param options what is to be returned (RFC 4731), or null for the response of the base protocol
 * @param charset the charset's name as the client gave it, or null
 * @param charsetKnown whether texts could be read; when not, {@code key} is of no use
 */
public record SearchRequest(
    @Nullable ReturnOptions options,
    @Nullable String charset,
    boolean charsetKnown,
    SearchKey key) {

  /** The arguments of SEARCH. */
  public static SearchRequest parse(ImapReader in) throws IOException, ImapSyntaxException {
    ReturnOptions options = options(in);
    return startsWith(in, "CHARSET")
        ? inCharset(options, in)
        : new SearchRequest(
            options, null, true, new SearchSyntax(in, StandardCharsets.UTF_8).keys(0));
  }

  /** RETURN with its options and the space after them, if the line goes on with that. */
  public static @Nullable ReturnOptions options(ImapReader in)
      throws IOException, ImapSyntaxException {
    if (!startsWith(in, "RETURN")) {
      return null;
    }
    ReturnOptions options = ReturnOptions.parse(in);
    in.space();
    return options;
  }

  /** A charset and the keys that are written in it: the last arguments of SORT and THREAD. */
  public static SearchRequest inCharset(@Nullable ReturnOptions options, ImapReader in)
      throws IOException, ImapSyntaxException {
    String name = in.text();
    in.space();
    Charset found = find(name);
    // Octets of an unknown charset are read as something, so that the command's end is found.
    Charset charset = found == null ? StandardCharsets.ISO_8859_1 : found;
    return new SearchRequest(options, name, found != null, new SearchSyntax(in, charset).keys(0));
  }

  /** Takes the word and the space after it, if the line goes on with them. */
  private static boolean startsWith(ImapReader in, String word) throws ImapSyntaxException {
    if (!in.acceptWord(word)) {
      return false;
    }
    in.space();
    return true;
  }

  /** Whether something is asked for fuzzily (RFC 6203 §3). */
  public boolean isFuzzy() {
    return key.mentions(SearchKey.Fuzzy.class);
  }

  /** Whether messages are meant by their sequence numbers. */
  public boolean mentionsNumbers() {
    return key.mentions(SearchKey.Numbers.class);
  }

  /** Whether that option was given. */
  public boolean has(ReturnOptions.Option option) {
    return options != null && options.has(option);
  }

  /** Whether the response is to carry MODSEQ (RFC 7162 §3.1.5). */
  public boolean asksForModSeq() {
    return key.mentions(SearchKey.ModSeqFrom.class);
  }

  /** The same with that option where there is no RETURN. */
  public SearchRequest withDefault(ReturnOptions.Option option) {
    return options != null
        ? this
        : new SearchRequest(
            new ReturnOptions(EnumSet.of(option), null, null), charset, charsetKnown, key);
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
