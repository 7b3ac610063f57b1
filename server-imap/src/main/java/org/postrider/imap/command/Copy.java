package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

/** COPY and UID COPY (RFC 3501 §6.4.7), with COPYUID (RFC 4315 §3). */
record Copy(SequenceSet set, String mailbox, boolean uid) implements ImapCommand {
  static Copy parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Copy uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Copy parse(ImapReader in, boolean uid) throws IOException, ImapSyntaxException {
    SequenceSet set = in.sequenceSet();
    in.space();
    return new Copy(set, in.mailbox(), uid);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    MailboxView view = session.view();
    IndexRanges which = uid ? view.byUid(set) : view.byNumber(set);
    Optional<Mailbox> target = Targets.find(session, mailbox);
    if (target.isEmpty()) {
      return Targets.tryCreate();
    }
    if (which.isEmpty()) {
      return Completion.ok("Nothing to copy");
    }
    Messages.CopyResult result =
        session.messages().copy(view.mailbox(), which.select(view.uids()), target.get().id());
    session.noteArrivals(target.get().id(), result.targetUids());
    return Completion.ok(copyUid(result), "Copy completed");
  }

  /** The code that tells the new UIDs, or null when no message was there any more. */
  static @Nullable ResponseCode copyUid(Messages.CopyResult result) {
    return result.sourceUids().length == 0
        ? null
        : new ResponseCode.CopyUid(result.uidValidity(), result.sourceUids(), result.targetUids());
  }
}
