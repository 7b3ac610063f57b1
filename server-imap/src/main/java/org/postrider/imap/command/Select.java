package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ObjectIds;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StorageException;

/**
 * SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2; RFC 9051 §6.3.2, §6.3.3), with CONDSTORE and QRESYNC
 * (RFC 7162 §3.1.8, §3.2.5) and MAILBOXID (RFC 8474 §4.2).
 *
 * @param readOnly whether it is EXAMINE
 * @param resync the parameter QRESYNC, or null
 */
record Select(String mailbox, boolean readOnly, boolean condstore, @Nullable Resync resync)
    implements ImapCommand {
  static Select select(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Select examine(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Select parse(ImapReader in, boolean readOnly)
      throws IOException, ImapSyntaxException {
    String mailbox = in.mailbox();
    boolean condstore = false;
    Resync resync = null;
    if (in.accept(' ')) {
      in.expect('(');
      do {
        String parameter = in.name();
        if (parameter.equals("CONDSTORE")) {
          condstore = true;
        } else if (parameter.equals("QRESYNC") && resync == null) {
          in.space();
          resync = Resync.parse(in);
        } else {
          throw new ImapSyntaxException("No such parameter");
        }
      } while (in.accept(' '));
      in.expect(')');
    }
    return new Select(mailbox, readOnly, condstore, resync);
  }

  @Override
  public boolean usesSequenceNumbers() {
    return resync != null && resync.numbers().length > 0;
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (resync != null && !session.isQresync()) {
      return Completion.bad("Enable QRESYNC first");
    }
    ResponseWriter writer = session.writer();
    if (session.state() instanceof Selected) {
      // RFC 3501 §6.3.1: the old mailbox is closed even if the new one can't be opened.
      session.unselect();
      writer.ok(Plain.CLOSED, "Previous mailbox closed");
    }
    Optional<Mailbox> found = Targets.find(session, mailbox);
    if (found.isEmpty()) {
      return Targets.missing();
    }
    if (condstore) {
      session.enableCondstore();
    }
    Messages.Snapshot snapshot = session.messages().snapshot(found.get().id());
    MailboxView view = new MailboxView(snapshot, readOnly, session.recentMarks());
    session.select(view);
    describe(session, snapshot, view);
    if (resync != null && resync.uidValidity() == snapshot.mailbox().uidValidity()) {
      resynchronize(session, resync);
    }
    return readOnly
        ? Completion.ok(Plain.READ_ONLY, "Examine completed")
        : Completion.ok(Plain.READ_WRITE, "Select completed");
  }

  private static void resynchronize(ImapSession session, Resync resync) throws IOException {
    try {
      resync.tell(session);
    } catch (StorageException e) {
      // RFC 3501 §6.3.1: after NO no mailbox is selected.
      session.unselect();
      throw e;
    }
  }

  private void describe(ImapSession session, Messages.Snapshot snapshot, MailboxView view)
      throws IOException {
    ResponseWriter writer = session.writer();
    Mailbox state = snapshot.mailbox();
    writer.untagged(new Untagged.Flags(view.allFlags()));
    writer.ok(
        new ResponseCode.PermanentFlags(readOnly ? MessageFlags.NONE : view.allFlags(), !readOnly),
        readOnly ? "No flag can be changed" : "Flags can be changed");
    writer.untagged(new Untagged.Numbered(view.count(), "EXISTS"));
    if (session.isRev2()) {
      new ListResponder(session).tell(state, mailbox);
    } else {
      recentAndUnseen(session, snapshot, view);
    }
    writer.ok(new ResponseCode.Numbered("UIDVALIDITY", state.uidValidity()), "UIDs valid");
    writer.ok(new ResponseCode.Numbered("UIDNEXT", state.uidNext()), "Predicted next UID");
    writer.ok(new ResponseCode.MailboxObjectId(ObjectIds.mailbox(state.id())), "Object id");
    writer.ok(
        new ResponseCode.Numbered("HIGHESTMODSEQ", state.highestModSeq()), "Highest mod-sequence");
  }

  /** What RFC 9051 Appendix E removes. */
  private static void recentAndUnseen(
      ImapSession session, Messages.Snapshot snapshot, MailboxView view) throws IOException {
    ResponseWriter writer = session.writer();
    writer.untagged(new Untagged.Numbered(view.recentCount(), "RECENT"));
    if (snapshot.firstUnseen() > 0 && !session.isUidOnly()) {
      writer.ok(
          new ResponseCode.Numbered("UNSEEN", view.indexOf(snapshot.firstUnseen()) + 1L),
          "First unseen");
    }
  }
}
