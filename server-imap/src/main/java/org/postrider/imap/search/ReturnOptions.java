package org.postrider.imap.search;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.PartialRange;

/**
 * What a searching command is to return, and to do with what it finds (RFC 4731 §3.1).
 *
 * @param partial which of the results are wanted (RFC 9394 §3.1), or null
 * @param items what is to be told of new messages that enter the result (RFC 5465 §7), or null
 */
public record ReturnOptions(
    Set<Option> options, @Nullable PartialRange partial, @Nullable FetchItems items) {
  /** The options without argument. */
  public enum Option {
    MIN,
    MAX,
    COUNT,
    ALL,
    /** RFC 5182 §2.1. */
    SAVE,
    /** RFC 5267 §4.2: a hint that the client will come back; nothing has to be kept for that. */
    CONTEXT,
    /** RFC 5267 §4.3. */
    UPDATE,
    /** RFC 6203 §4. */
    RELEVANCY
  }

  /** The options in parentheses. */
  static ReturnOptions parse(ImapReader in) throws IOException, ImapSyntaxException {
    Set<Option> options = EnumSet.noneOf(Option.class);
    PartialRange partial = null;
    FetchItems items = null;
    in.expect('(');
    if (in.accept(')')) {
      // RFC 4731 §3.1: no option means ALL.
      return new ReturnOptions(EnumSet.of(Option.ALL), null, null);
    }
    boolean more;
    do {
      String name = in.word();
      switch (name) {
        case "MIN", "MAX", "COUNT", "ALL", "SAVE", "CONTEXT", "UPDATE", "RELEVANCY" ->
            options.add(Option.valueOf(name));
        case "PARTIAL" -> {
          if (partial != null) {
            throw new ImapSyntaxException("PARTIAL is given twice");
          }
          in.space();
          partial = PartialRange.parse(in);
        }
        default -> throw new ImapSyntaxException("No such return option");
      }
      more = in.accept(' ');
      if (more && name.equals("UPDATE") && in.peek() == '(') {
        items = FetchItems.parse(in);
        more = in.accept(' ');
      }
    } while (more);
    in.expect(')');
    if (partial != null && options.contains(Option.ALL)) {
      // RFC 9394 §3.1
      throw new ImapSyntaxException("Either PARTIAL or ALL");
    }
    return new ReturnOptions(options, partial, items);
  }

  public boolean has(Option option) {
    return options.contains(option);
  }

  /** Whether nothing is to be returned: the result is but saved (RFC 5182 §2.1). */
  public boolean onlySaves() {
    return partial == null && options.equals(EnumSet.of(Option.SAVE));
  }

  /** Whether what is said of the result is about all of it. */
  public boolean isAboutAll() {
    return has(Option.ALL) || has(Option.COUNT);
  }
}
