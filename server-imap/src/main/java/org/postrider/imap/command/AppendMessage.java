package org.postrider.imap.command;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.syntax.FlagSyntax;
import org.postrider.imap.syntax.ImapDate;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.Literal;
import org.postrider.storage.MessageFlags;

/**
 * A message of APPEND or REPLACE (RFC 4466 §6 append-message), up to where its octets begin.
 *
 * @param date the internal date, or null for now
 */
record AppendMessage(MessageFlags flags, @Nullable Instant date, Source source) {
  /** Where the octets come from; they are still to be read. */
  sealed interface Source {
    /**
     * They were announced.
     *
     * @param utf8 whether they stand in {@code UTF8 (...)} (RFC 6855 §4)
     */
    record Octets(Literal literal, boolean utf8) implements Source {}

    /** CATENATE (RFC 4469 §3): a list of parts. */
    record Parts() implements Source {}
  }

  static AppendMessage parse(ImapReader in) throws IOException, ImapSyntaxException {
    MessageFlags flags = MessageFlags.NONE;
    if (in.peek() == '(') {
      flags = FlagSyntax.parenthesized(in);
      in.space();
    }
    Instant date = null;
    if (in.peek() == '"') {
      date = ImapDate.dateTime(in);
      in.space();
    }
    return new AppendMessage(flags, date, source(in));
  }

  private static Source source(ImapReader in) throws ImapSyntaxException {
    if (in.acceptWord("CATENATE")) {
      in.space();
      in.expect('(');
      return new Source.Parts();
    }
    return in.acceptWord("UTF8") ? utf8(in) : new Source.Octets(in.announcement(), false);
  }

  /** What follows the word UTF8, without the closing parenthesis. */
  static Source.Octets utf8(ImapReader in) throws ImapSyntaxException {
    in.space();
    in.expect('(');
    Literal literal = in.announcement();
    if (!literal.binary()) {
      throw new ImapSyntaxException("A literal8 stands in UTF8 (...)");
    }
    return new Source.Octets(literal, true);
  }
}
