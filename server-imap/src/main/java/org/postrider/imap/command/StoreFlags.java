package org.postrider.imap.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.FlagSyntax;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.FlagChange;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Messages;

/**
 * STORE and UID STORE (RFC 3501 §6.4.6, RFC 7162 §3.1.3). Very many messages are changed and told
 * by and by, each part durable before the next one begins.
 *
 * @param unchangedSince the modifier of that name
 */
record StoreFlags(
    SequenceSet set, OptionalLong unchangedSince, FlagChange change, boolean silent, boolean uid)
    implements ImapCommand {
  static StoreFlags parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static StoreFlags uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static StoreFlags parse(ImapReader in, boolean uid)
      throws IOException, ImapSyntaxException {
    SequenceSet set = in.sequenceSet();
    in.space();
    OptionalLong unchangedSince = OptionalLong.empty();
    if (in.accept('(')) {
      if (!in.name().equals("UNCHANGEDSINCE")) {
        throw new ImapSyntaxException("No such modifier");
      }
      in.space();
      unchangedSince = OptionalLong.of(in.modSeqOrZero());
      in.expect(')');
      in.space();
    }
    FlagChange.Mode mode =
        in.accept('+')
            ? FlagChange.Mode.ADD
            : in.accept('-') ? FlagChange.Mode.REMOVE : FlagChange.Mode.REPLACE;
    String name = in.word();
    boolean silent = name.equals("FLAGS.SILENT");
    if (!silent && !name.equals("FLAGS")) {
      throw new ImapSyntaxException("No such data item");
    }
    in.space();
    FlagChange change = new FlagChange(mode, FlagSyntax.list(in));
    return new StoreFlags(set, unchangedSince, change, silent, uid);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    MailboxView view = session.view();
    if (view.isReadOnly()) {
      return Targets.readOnly();
    }
    if (unchangedSince.isPresent()) {
      session.enableCondstore();
    }
    IndexRanges which = uid ? view.byUid(set) : view.byNumber(set);
    if (which.isEmpty()) {
      return Completion.ok("Store completed");
    }
    long[] uids = which.select(view.uids());
    LongStream.Builder modified = LongStream.builder();
    boolean complete = true;
    for (int i = 0; i < uids.length; i += Messages.CHANGED_AT_ONCE) {
      if (i > 0) {
        session.reportChanges(session.report(false, uid));
      }
      long[] some =
          Arrays.copyOfRange(uids, i, Math.min(uids.length, i + Messages.CHANGED_AT_ONCE));
      Messages.StoreResult result =
          session.messages().storeFlags(view.mailbox(), some, change, unchangedSince);
      if (silent) {
        view.noteSilentChanges(result);
      } else {
        view.noteOwnChanges(result.changed());
      }
      if (change.mode() != FlagChange.Mode.REMOVE) {
        view.noteKeywords(change.flags().keywords(), session.writer());
      }
      complete &= respond(session, some, result);
      Arrays.stream(result.modified()).forEach(modified);
    }
    return completion(view, modified.build().toArray(), complete);
  }

  private Completion completion(MailboxView view, long[] modified, boolean complete) {
    if (modified.length > 0) {
      return Completion.ok(
          new ResponseCode.Modified(uid ? modified : numbers(view, modified)),
          "Some of the messages were changed by others");
    }
    return complete || uid
        ? Completion.ok("Store completed")
        : Completion.no(Plain.EXPUNGEISSUED, "Some of the messages are gone");
  }

  /** Tells the new flags; returns whether all messages were there, as far as that is known. */
  private boolean respond(ImapSession session, long[] uids, Messages.StoreResult result)
      throws IOException {
    MailboxView view = session.view();
    if (silent) {
      if (session.isCondstore()) {
        // RFC 7162 §3.1.3: the new MODSEQ is told even when the flags are not asked for.
        tellModSeq(session, result.changed());
      }
      if (result.modified().length > 0) {
        tell(session, session.messages().entries(view.mailbox(), result.modified()));
      }
      return true;
    }
    // Also those that were left as they are (RFC 3501 §6.4.6), or as others made them.
    List<MessageEntry> told =
        result.changed().size() == uids.length
            ? result.changed()
            : session.messages().entries(view.mailbox(), uids);
    tell(session, told);
    return told.size() == uids.length;
  }

  private void tell(ImapSession session, List<MessageEntry> entries) throws IOException {
    session.view().noteOwnChanges(entries);
    MailboxView.Report how = session.report(false, uid);
    ResponseBuffer out = session.writer().newBuffer();
    entries.forEach(entry -> session.view().appendFlags(out, entry, how));
    out.writeTo(session.writer().output());
  }

  private static void tellModSeq(ImapSession session, List<MessageEntry> entries)
      throws IOException {
    ResponseBuffer out = session.writer().newBuffer();
    for (MessageEntry entry : entries) {
      int index = session.view().indexOf(entry.uid());
      session.view().beginFetch(out, index, session.names());
      if (!session.isUidOnly()) {
        out.ascii("UID ").number(entry.uid()).character(' ');
      }
      out.ascii("MODSEQ (").number(entry.modSeq()).ascii("))\r\n");
    }
    out.writeTo(session.writer().output());
  }

  private static long[] numbers(MailboxView view, long[] uids) {
    return Arrays.stream(uids).map(each -> view.indexOf(each) + 1L).toArray();
  }
}
