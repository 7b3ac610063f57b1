package org.postrider.imap.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.EntryPages;
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
import org.postrider.imap.syntax.PartialRange;
import org.postrider.imap.syntax.SequenceSet;

/**
 * FETCH and UID FETCH (RFC 3501 §6.4.5, RFC 7162 §3.1.4, RFC 9394 §3.3).
 *
 * @param changedSince the modifier of that name, or 0
 * @param vanished whether to tell of UIDs that were expunged since (RFC 7162 §3.2.6)
 * @param partial which of the messages that remain are wanted, or null for all
 */
record Fetch(
    SequenceSet set,
    FetchItems items,
    long changedSince,
    boolean vanished,
    @Nullable PartialRange partial,
    boolean uid)
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
    boolean vanished = false;
    PartialRange partial = null;
    if (in.accept(' ')) {
      in.expect('(');
      do {
        String modifier = in.name();
        if (modifier.equals("CHANGEDSINCE")) {
          in.space();
          changedSince = in.modSeq();
        } else if (modifier.equals("VANISHED") && uid) {
          vanished = true;
        } else if (modifier.equals("PARTIAL") && uid && partial == null) {
          in.space();
          partial = PartialRange.parse(in);
        } else {
          throw new ImapSyntaxException("No such modifier here");
        }
      } while (in.accept(' '));
      in.expect(')');
      if (vanished && changedSince == 0) {
        throw new ImapSyntaxException("VANISHED needs CHANGEDSINCE");
      }
    }
    return new Fetch(set, items, changedSince, vanished, partial, uid);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    if (changedSince > 0 || items.wants(FetchItem.Plain.MODSEQ)) {
      // RFC 7162 §3.1: that item says that the client knows CONDSTORE.
      session.enableCondstore();
    }
    MailboxView view = session.view();
    if (vanished) {
      if (!session.isQresync()) {
        return Completion.bad("Enable QRESYNC first");
      }
      session
          .writer()
          .vanished(true, view.gone(session.messages(), changedSince, view.ranges(set), 0));
    }
    IndexRanges which = uid ? view.byUid(set) : view.byNumber(set);
    if (partial != null) {
      which = partial(session, which);
    }
    // UIDFETCH has the UID without asking (RFC 9586 §3.3).
    FetchItems told = items.with(uid && !session.isUidOnly(), changedSince > 0);
    FetchResponder responder = new FetchResponder(session, told, changedSince);
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

  /** RFC 9394 §3.3: a range of those messages for which there would be a response. */
  private IndexRanges partial(ImapSession session, IndexRanges which) throws IOException {
    MailboxView view = session.view();
    LongStream.Builder changed = LongStream.builder();
    if (changedSince > 0) {
      EntryPages.read(
          session.messages(),
          view.mailbox(),
          view.uids(),
          which,
          page ->
              page.stream()
                  .filter(entry -> entry.modSeq() > changedSince)
                  .forEach(entry -> changed.add(entry.uid())));
    }
    long[] uids = changedSince > 0 ? changed.build().toArray() : which.select(view.uids());
    PartialRange range = Objects.requireNonNull(partial);
    return IndexRanges.of(
        Arrays.copyOfRange(uids, range.from(uids.length), range.to(uids.length)), view.uids());
  }
}
