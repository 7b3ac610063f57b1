package org.postrider.imap.list;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.postrider.imap.content.ObjectIds;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.Syntax;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.SystemFlag;

/**
 * What STATUS can tell (RFC 3501 §6.3.10; RFC 7162 HIGHESTMODSEQ, RFC 8438 SIZE, RFC 7889
 * APPENDLIMIT, RFC 8474 MAILBOXID, RFC 9208 §4.2 DELETED and DELETED-STORAGE).
 */
public enum StatusItem {
  MESSAGES,
  RECENT,
  UIDNEXT,
  UIDVALIDITY,
  UNSEEN,
  HIGHESTMODSEQ,
  SIZE,
  APPENDLIMIT,
  DELETED,
  DELETED_STORAGE,
  MAILBOXID;

  private final String imapName = name().toUpperCase(Locale.ROOT).replace('_', '-');

  /** Items in parentheses. */
  public static Set<StatusItem> parse(ImapReader in) throws ImapSyntaxException {
    Set<StatusItem> items = EnumSet.noneOf(StatusItem.class);
    in.expect('(');
    do {
      items.add(byName(in.word()));
    } while (in.accept(' '));
    in.expect(')');
    return items;
  }

  private static StatusItem byName(String name) throws ImapSyntaxException {
    for (StatusItem item : values()) {
      if (item.imapName.equals(name)) {
        return item;
      }
    }
    throw new ImapSyntaxException("No such status item");
  }

  /** The STATUS response for a mailbox. */
  public static Untagged.Status of(ImapSession session, Mailbox mailbox, Set<StatusItem> items) {
    List<Untagged.StatusValue> values =
        items.stream()
            .map(item -> new Untagged.StatusValue(item.imapName, item.value(session, mailbox)))
            .toList();
    return new Untagged.Status(mailbox.name(), values);
  }

  private String value(ImapSession session, Mailbox mailbox) {
    return this == MAILBOXID
        ? "(" + ObjectIds.mailbox(mailbox.id()) + ")"
        : String.valueOf(number(session, mailbox));
  }

  private long number(ImapSession session, Mailbox mailbox) {
    return switch (this) {
      case MESSAGES -> mailbox.messages();
      case RECENT -> recent(session, mailbox);
      case UIDNEXT -> mailbox.uidNext();
      case UIDVALIDITY -> mailbox.uidValidity();
      case UNSEEN -> mailbox.unseen();
      case HIGHESTMODSEQ -> mailbox.highestModSeq();
      case SIZE -> mailbox.size();
      case APPENDLIMIT -> session.limits().messageBytesMax();
      case DELETED -> mailbox.deleted();
      case DELETED_STORAGE -> mailbox.deleted() == 0 ? 0 : deletedOctets(session, mailbox);
      case MAILBOXID -> mailbox.id().value();
    };
  }

  private static long recent(ImapSession session, Mailbox mailbox) {
    long mark = session.recentMarks().peek(mailbox.id(), mailbox.uidNext());
    LongAdder count = new LongAdder();
    if (mark < mailbox.uidNext()) {
      session.messages().scan(mailbox.id(), mark, Syntax.NUMBER_MAX, entry -> count.increment());
    }
    return count.sum();
  }

  private static long deletedOctets(ImapSession session, Mailbox mailbox) {
    LongAdder octets = new LongAdder();
    session
        .messages()
        .scan(
            mailbox.id(),
            1,
            Syntax.NUMBER_MAX,
            (MessageEntry entry) -> {
              if (entry.flags().has(SystemFlag.DELETED)) {
                octets.add(entry.size());
              }
            });
    return octets.sum();
  }
}
