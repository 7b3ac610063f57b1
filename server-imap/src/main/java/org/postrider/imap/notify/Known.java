package org.postrider.imap.notify;

import java.util.EnumSet;
import java.util.Set;
import org.postrider.imap.list.StatusItem;
import org.postrider.storage.ChangeBus;
import org.postrider.storage.Mailbox;

/** What a client knows of a mailbox that is not selected, and what it wants to hear of it. */
final class Known implements AutoCloseable {
  private String name;
  private Set<Event> events;
  private ChangeBus.Subscription subscription = () -> {};
  private long uidValidity;
  private long uidNext = 1;
  private long messages;
  private long unseen;
  private long modSeq;

  Known(String name, Set<Event> events) {
    this.name = name;
    this.events = events;
  }

  String name() {
    return name;
  }

  void name(String now) {
    name = now;
  }

  Set<Event> events() {
    return events;
  }

  void events(Set<Event> wanted) {
    events = wanted;
  }

  boolean wantsMessages() {
    return events.contains(Event.MESSAGE_NEW);
  }

  /** Hears of changes until {@link #close}. */
  void subscription(ChangeBus.Subscription watching) {
    subscription = watching;
  }

  /** The client knows that state, or need not be told of it. */
  void learn(Mailbox now) {
    uidValidity = now.uidValidity();
    uidNext = now.uidNext();
    messages = now.messages();
    unseen = now.unseen();
    modSeq = now.highestModSeq();
  }

  /** The client put messages there: it knows that they are, unless others came between. */
  void arrived(long[] uids) {
    if (uids.length > 0
        && uids[0] == uidNext
        && uids[uids.length - 1] == uidNext + uids.length - 1) {
      uidNext += uids.length;
      messages += uids.length;
    }
  }

  /** What a STATUS response must tell when the mailbox is in that state now; empty for none. */
  Set<StatusItem> news(Mailbox now, boolean condstore) {
    Set<StatusItem> items = EnumSet.noneOf(StatusItem.class);
    boolean flags = events.contains(Event.FLAG_CHANGE);
    boolean changed = now.highestModSeq() != modSeq;
    if (now.uidNext() != uidNext || now.messages() != messages) {
      // RFC 5465 §5.2, §5.3
      items.addAll(EnumSet.of(StatusItem.MESSAGES, StatusItem.UIDNEXT));
    }
    if (flags && changed && now.unseen() != unseen) {
      // RFC 5465 §5.1: without it a client that does not know CONDSTORE would hear nothing.
      items.addAll(EnumSet.of(StatusItem.UIDVALIDITY, StatusItem.UNSEEN));
    }
    if (flags && changed && condstore) {
      items.addAll(EnumSet.of(StatusItem.UIDVALIDITY, StatusItem.HIGHESTMODSEQ));
    }
    if (flags && now.uidValidity() != uidValidity) {
      items.addAll(EnumSet.of(StatusItem.MESSAGES, StatusItem.UIDNEXT, StatusItem.UIDVALIDITY));
    }
    if (condstore && !items.isEmpty()) {
      items.add(StatusItem.HIGHESTMODSEQ);
    }
    return items;
  }

  /** What NOTIFY SET STATUS tells of it (RFC 5465 §3.1). */
  Set<StatusItem> summary() {
    return events.contains(Event.FLAG_CHANGE)
        ? EnumSet.of(
            StatusItem.MESSAGES,
            StatusItem.UIDNEXT,
            StatusItem.UIDVALIDITY,
            StatusItem.HIGHESTMODSEQ)
        : EnumSet.of(StatusItem.MESSAGES, StatusItem.UIDNEXT, StatusItem.UIDVALIDITY);
  }

  @Override
  public void close() {
    subscription.close();
    subscription = () -> {};
  }
}
