package org.postrider.imap.command;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.FlagSyntax;
import org.postrider.imap.syntax.ImapDate;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.Literal;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;

/**
 * APPEND (RFC 3501 §6.3.11), with APPENDUID (RFC 4315), APPENDLIMIT (RFC 7889) and UTF8 (RFC 6855
 * §4). The message is the last argument and is not parsed but streamed into the store, once it is
 * clear that it would be taken.
 *
 * @param date the internal date, or null for now
 * @param utf8 whether the message stands in {@code UTF8 (...)}
 */
record Append(
    String mailbox, MessageFlags flags, @Nullable Instant date, Literal literal, boolean utf8)
    implements ImapCommand {
  static Append parse(ImapReader in) throws IOException, ImapSyntaxException {
    String mailbox = in.mailbox();
    in.space();
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
    boolean utf8 = in.acceptWord("UTF8");
    if (utf8) {
      in.space();
      in.expect('(');
    }
    Literal literal = in.announcement();
    if (literal.binary() != utf8) {
      throw new ImapSyntaxException("A literal8 stands in UTF8 (...), and only there");
    }
    return new Append(mailbox, flags, date, literal, utf8);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    if (utf8 && !session.isUtf8()) {
      return Completion.bad("UTF8=ACCEPT is not enabled");
    }
    Optional<Mailbox> target = Targets.find(session, mailbox);
    if (target.isEmpty()) {
      return Targets.tryCreate();
    }
    if (literal.size() > session.limits().messageBytesMax()) {
      return Completion.no(Plain.TOOBIG, "The message is too long");
    }
    if (!session.store().directory().fits(session.account().id(), literal.size())) {
      return Completion.no(Plain.OVERQUOTA, "The message would not fit the quota");
    }
    try (ContentWriter content = session.store().contents().write()) {
      ImapReader in = session.reader();
      boolean clean = in.stream(literal, content::write);
      if (utf8) {
        in.expect(')');
      }
      in.end();
      if (!clean && !utf8) {
        throw new ImapSyntaxException("NUL in literal");
      }
      try (StagedContent staged = content.finish()) {
        return store(session, target.get(), staged);
      }
    }
  }

  private Completion store(ImapSession session, Mailbox target, StagedContent staged) {
    long when = date == null ? session.clock().millis() : date.toEpochMilli();
    Messages.AppendResult result =
        session
            .messages()
            .append(target.id(), List.of(new Messages.NewMessage(staged, flags, when)));
    if (session.state() instanceof Selected(var ignored, MailboxView view)
        && view.mailbox().equals(target.id())) {
      // RFC 3501 §6.3.11: the EXISTS should be in the answer.
      view.expectChanges();
    }
    return Completion.ok(
        new ResponseCode.AppendUid(result.uidValidity(), result.uids()), "Append completed");
  }
}
