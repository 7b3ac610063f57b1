package org.postrider.imap.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItem.Plain;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.fetch.FetchResponder;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;

/**
 * The parameter QRESYNC of SELECT (RFC 7162 §3.2.5): what the client knows of the mailbox.
 *
 * @param known the UIDs that it knows, or null for all
 * @param numbers sequence numbers that it knows the UIDs of, as ranges; empty when it tells none
 * @param uids their UIDs, as ranges, as many
 */
record Resync(
    long uidValidity, long modSeq, @Nullable SequenceSet known, long[] numbers, long[] uids) {
  private static final FetchItems ITEMS = new FetchItems(List.of(Plain.FLAGS, Plain.MODSEQ));

  /** The arguments in parentheses. */
  static Resync parse(ImapReader in) throws ImapSyntaxException {
    in.expect('(');
    long uidValidity = in.nonZeroNumber();
    in.space();
    long modSeq = in.modSeq();
    SequenceSet known = null;
    long[] numbers = {};
    long[] uids = {};
    boolean more = in.accept(' ');
    if (more && in.peek() != '(') {
      known = in.sequenceSet();
      if (known.isSaved() || known.hasStar()) {
        throw new ImapSyntaxException("Expected UIDs");
      }
      more = in.accept(' ');
    }
    if (more) {
      in.expect('(');
      numbers = in.sequenceSet().ascending();
      in.space();
      uids = in.sequenceSet().ascending();
      in.expect(')');
      if (count(numbers) != count(uids)) {
        throw new ImapSyntaxException("Expected as many UIDs as sequence numbers");
      }
    }
    in.expect(')');
    return new Resync(uidValidity, modSeq, known, numbers, uids);
  }

  private static long count(long[] ranges) {
    long count = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      count += ranges[i + 1] - ranges[i] + 1;
    }
    return count;
  }

  /** Tells what was expunged and what has changed, in the mailbox that was just selected. */
  void tell(ImapSession session) throws IOException {
    MailboxView view = session.view();
    long[] within = known == null ? view.allUids() : view.ranges(known);
    session
        .writer()
        .vanished(true, view.gone(session.messages(), modSeq, within, matched(view.uids())));
    long[] changed = session.messages().changesSince(view.mailbox(), modSeq).changed();
    if (known != null) {
      IndexRanges wanted = view.byUid(known);
      long[] some = wanted.select(view.uids());
      changed = Arrays.stream(changed).filter(uid -> Arrays.binarySearch(some, uid) >= 0).toArray();
    }
    FetchItems items = ITEMS.with(!session.isUidOnly(), false);
    new FetchResponder(session, items, 0).respond(IndexRanges.of(changed, view.uids()));
  }

  /**
   * The greatest UID whose sequence number is as the client knows it: of expunges up to there it
   * knows (§3.2.5.2).
   */
  private long matched(long[] now) {
    long matched = 0;
    int range = 0;
    long uid = uids.length == 0 ? 0 : uids[0];
    for (int i = 0; i < numbers.length && numbers[i] <= now.length; i += 2) {
      long last = Math.min(numbers[i + 1], now.length);
      for (long number = numbers[i]; number <= last; number++) {
        if (now[(int) number - 1] == uid) {
          matched = uid;
        }
        if (uid < uids[range + 1]) {
          uid++;
        } else if (range + 2 < uids.length) {
          range += 2;
          uid = uids[range];
        }
      }
    }
    return matched;
  }
}
