package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.fetch.FetchItem;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.fetch.FetchResponder;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;

/**
 * FETCH and UID FETCH (RFC 3501 §6.4.5, RFC 7162 §3.1.4).
 *
 * @param changedSince the modifier of that name, or 0
 */
record Fetch(SequenceSet set, FetchItems items, long changedSince, boolean uid)
    implements ImapCommand {
  static Fetch parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Fetch uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Fetch parse(ImapReader in, boolean uid) throws IOException, ImapSyntaxException {
    SequenceSet set = in.sequenceSet();
    in.space();
    FetchItems items = FetchItems.parse(in);
    long changedSince = 0;
    if (in.accept(' ')) {
      in.expect('(');
      if (!in.name().equals("CHANGEDSINCE")) {
        throw new ImapSyntaxException("No such modifier");
      }
      in.space();
      changedSince = in.number();
      in.expect(')');
    }
    return new Fetch(set, items.with(uid, changedSince > 0), changedSince, uid);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    if (items.wants(FetchItem.Plain.MODSEQ)) {
      // RFC 7162 §3.1: that item says that the client knows CONDSTORE.
      session.enableCondstore();
    }
    MailboxView view = session.view();
    IndexRanges which = uid ? set.byUid(view.uids()) : set.byNumber(view.count());
    FetchResponder responder = new FetchResponder(session, items, changedSince);
    boolean complete = responder.respond(which);
    if (!responder.damaged().isEmpty()) {
      // RFC 5530 §3
      return Completion.no(Plain.CORRUPTION, Damaged.sentence("fetched", responder.damaged()));
    }
    if (!responder.undecoded().isEmpty()) {
      // RFC 3516 §4.3
      return Completion.no(
          Plain.UNKNOWN_CTE,
          Damaged.listed("With a transfer encoding that is not known", responder.undecoded()));
    }
    // RFC 2180 §4.1.2; UIDs that are gone are passed over in silence (RFC 3501 §6.4.8).
    return complete || uid
        ? Completion.ok("Fetch completed")
        : Completion.no(Plain.EXPUNGEISSUED, "Some of the messages are gone");
  }
}
