package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.storage.StorageException;

/** CLOSE (RFC 3501 §6.4.2): expunges without a word, then leaves the mailbox. */
record Close() implements ImapCommand {
  static Close parse(ImapReader in) {
    return new Close();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    MailboxView view = session.view();
    if (!view.isReadOnly()) {
      expunge(session, view);
    }
    session.unselect();
    return Completion.ok("Close completed");
  }

  /** CLOSE is never answered by NO: what is just being sent stays, marked as it is, alone. */
  private static void expunge(ImapSession session, MailboxView view) throws IOException {
    long[] marked = Expunge.marked(session, IndexRanges.all(view.count()));
    if (!isExpunged(session, marked)) {
      for (long uid : marked) {
        isExpunged(session, new long[] {uid});
      }
    }
  }

  private static boolean isExpunged(ImapSession session, long[] uids) throws IOException {
    try {
      Expunge.expunge(session, uids);
      return true;
    } catch (StorageException e) {
      if (e.reason() != StorageException.Reason.IN_USE) {
        throw e;
      }
      return false;
    }
  }
}
