package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Messages;

/** MOVE and UID MOVE (RFC 6851). */
record Move(SequenceSet set, String mailbox, boolean uid) implements ImapCommand {
  static Move parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Move uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Move parse(ImapReader in, boolean uid) throws IOException, ImapSyntaxException {
    SequenceSet set = in.sequenceSet();
    in.space();
    return new Move(set, in.mailbox(), uid);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    MailboxView view = session.view();
    if (view.isReadOnly()) {
      return Targets.readOnly();
    }
    IndexRanges which = uid ? view.byUid(set) : view.byNumber(set);
    Optional<Mailbox> target = Targets.find(session, mailbox);
    if (target.isEmpty()) {
      return Targets.tryCreate();
    }
    if (which.isEmpty()) {
      return Completion.ok("Nothing to move");
    }
    Messages.CopyResult result =
        session.messages().move(view.mailbox(), which.select(view.uids()), target.get().id());
    ResponseCode code = Copy.copyUid(result);
    if (code != null) {
      // RFC 6851 §4.3: before the EXPUNGE responses, which tell of the messages by number.
      session.writer().ok(code, "Moved");
    }
    session.noteArrivals(target.get().id(), result.targetUids());
    view.noteOwnExpunged(result.sourceUids());
    return Completion.ok("Move completed");
  }
}
