package org.postrider.imap.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Messages;

/**
 * REPLACE and UID REPLACE (RFC 8508): appends a message and expunges another in one change.
 *
 * @param number of the message that goes, or 0 for the last one
 */
record Replace(long number, boolean uid, String mailbox, AppendMessage message)
    implements ImapCommand {
  static Replace parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Replace uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Replace parse(ImapReader in, boolean uid) throws IOException, ImapSyntaxException {
    long number = in.accept('*') ? 0 : in.nonZeroNumber();
    in.space();
    String mailbox = in.mailbox();
    in.space();
    return new Replace(number, uid, mailbox, AppendMessage.parse(in));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    MailboxView view = session.view();
    if (view.isReadOnly()) {
      return Targets.readOnly();
    }
    int index = index(view);
    if (index < 0 || index >= view.count()) {
      return uid
          ? Completion.no(Plain.NONEXISTENT, "No message has that UID")
          : Completion.bad("No message has that sequence number");
    }
    Optional<Mailbox> target = Targets.find(session, mailbox);
    if (target.isEmpty()) {
      return Targets.tryCreate();
    }
    long oldUid = view.uids()[index];
    List<MessageEntry> old = session.messages().entries(view.mailbox(), new long[] {oldUid});
    if (old.isEmpty()) {
      return Completion.no(Plain.EXPUNGEISSUED, "The message is gone");
    }
    try (MessageIntake intake = new MessageIntake(session, old.getFirst().size())) {
      Completion refusal = intake.take(message);
      if (refusal != null) {
        return refusal;
      }
      session.reader().end();
      Messages.AppendResult result =
          session
              .messages()
              .replace(view.mailbox(), oldUid, target.get().id(), intake.messages().getFirst());
      // RFC 8508 §4.3: before the EXPUNGE response.
      session
          .writer()
          .ok(
              new ResponseCode.AppendUid(result.uidValidity(), result.uids()),
              "Replacement message ready");
      session.noteArrivals(target.get().id(), result.uids());
    }
    view.noteOwnExpunged(new long[] {oldUid});
    return Completion.ok("Replace completed");
  }

  private int index(MailboxView view) {
    if (number == 0) {
      return view.count() - 1;
    }
    return uid ? view.indexOf(number) : (int) Math.min(number - 1, Integer.MAX_VALUE);
  }
}
