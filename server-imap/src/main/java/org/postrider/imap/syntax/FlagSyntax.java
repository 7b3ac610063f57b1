package org.postrider.imap.syntax;

import java.util.ArrayList;
import java.util.List;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.SystemFlag;

/** Flags as a client writes them (RFC 3501 §2.3.2, §9 flag). */
public final class FlagSyntax {
  /** Longest keyword, octets. */
  private static final int KEYWORD_MAX = 255;

  private FlagSyntax() {}

  /** Flags in parentheses. */
  public static MessageFlags parenthesized(ImapReader in) throws ImapSyntaxException {
    in.expect('(');
    if (in.accept(')')) {
      return MessageFlags.NONE;
    }
    MessageFlags flags = bare(in);
    in.expect(')');
    return flags;
  }

  /** Flags with or without parentheses around them, as STORE takes them. */
  public static MessageFlags list(ImapReader in) throws ImapSyntaxException {
    return in.peek() == '(' ? parenthesized(in) : bare(in);
  }

  private static MessageFlags bare(ImapReader in) throws ImapSyntaxException {
    int system = 0;
    List<String> keywords = new ArrayList<>();
    do {
      if (in.accept('\\')) {
        SystemFlag flag = SystemFlag.byName("\\" + in.atom());
        if (flag == null) {
          throw new ImapSyntaxException("No such system flag");
        }
        system |= flag.bit();
      } else {
        keywords.add(keyword(in));
      }
    } while (in.accept(' '));
    return MessageFlags.of(system, keywords);
  }

  /** A keyword. */
  public static String keyword(ImapReader in) throws ImapSyntaxException {
    String keyword = in.atom();
    if (keyword.length() > KEYWORD_MAX) {
      throw new ImapSyntaxException("Keyword too long");
    }
    return keyword;
  }
}
