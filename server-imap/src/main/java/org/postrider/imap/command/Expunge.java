package org.postrider.imap.command;

import java.io.IOException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.EntryPages;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.SystemFlag;

/**
 * EXPUNGE (RFC 3501 §6.4.3) and UID EXPUNGE (RFC 4315 §2.1).
 *
 * @param uids which UIDs, or null for all
 */
record Expunge(@Nullable SequenceSet uids) implements ImapCommand {
  static Expunge parse(ImapReader in) {
    return new Expunge(null);
  }

  static Expunge uid(ImapReader in) throws ImapSyntaxException {
    return new Expunge(in.sequenceSet());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    MailboxView view = session.view();
    if (view.isReadOnly()) {
      return Targets.readOnly();
    }
    IndexRanges which = uids == null ? IndexRanges.all(view.count()) : view.byUid(uids);
    expunge(session, marked(session, which));
    view.expectChanges();
    return Completion.ok("Expunge completed");
  }

  /** The UIDs of those messages that carry {@code \Deleted}. */
  static long[] marked(ImapSession session, IndexRanges which) throws IOException {
    MailboxView view = session.view();
    LongStream.Builder found = LongStream.builder();
    EntryPages.read(
        session.messages(),
        view.mailbox(),
        view.uids(),
        which,
        page ->
            page.stream()
                .filter(entry -> entry.flags().has(SystemFlag.DELETED))
                .forEach(entry -> found.add(entry.uid())));
    return found.build().toArray();
  }

  /** Expunges those of the messages that carry {@code \Deleted} still. */
  static void expunge(ImapSession session, long[] uids) throws IOException {
    if (uids.length > 0) {
      MailboxView view = session.view();
      view.noteOwnExpunged(session.messages().expungeDeleted(view.mailbox(), uids, "imap"));
    }
  }
}
