package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.IN_USE;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.Change;

/**
 * The mailbox with the special use {@link SpecialUse#SCHEDULED}: it shows an account what it has
 * handed in and is in the queue still, and whoever takes a message out of it takes it out of the
 * queue.
 *
 * <p>A message there is a copy that the table outbox ties to its entries of the queue: several when
 * it was handed in for groups, each of which is sent octets of its own. The copy comes with the
 * entries in one transaction, and goes with the last of them in one, leaving a tombstone without
 * content, since what was sent is not restored. A client that takes the copy takes its entries in
 * one.
 */
final class Outbox {
  private static final String NAME = "Outbox";
  private static final String FIND =
      "SELECT id FROM mailbox WHERE account = ? AND live_name IS NOT NULL AND special_use = '"
          + SpecialUse.SCHEDULED
          + "'";
  private static final String TIE = "INSERT INTO outbox (entry, message) VALUES (?, ?)";
  private static final String UNTIE = "DELETE FROM outbox WHERE entry = ?";
  private static final String ENTRIES =
      "SELECT entry, message FROM outbox WHERE message BETWEEN ? AND ?";
  private static final String STATES = "SELECT state FROM queue_recipient WHERE id BETWEEN ? AND ?";
  private static final String LOGIN = "SELECT login FROM account WHERE id = ?";

  private final Transaction tx;
  private final MailboxState mailbox;
  private final AccountState account;

  /** The copy, or 0 as long as there is none. */
  private long message;

  private record Tie(long entry, long message) {}

  private Outbox(Transaction tx, MailboxState mailbox, AccountState account) {
    this.tx = tx;
    this.mailbox = mailbox;
    this.account = account;
  }

  /**
   * The Outbox of who hands in those deliveries; made when it is first needed, before anything else
   * of the transaction's job. Null when nobody is known to do that, or nothing can be queued; and
   * when the mailbox is out of UIDs, since no message is refused for its sake.
   *
   * @throws StorageException NOT_FOUND when the account is gone
   */
  static @Nullable Outbox open(Transaction tx, Mailboxes mailboxes, List<Delivery> deliveries)
      throws SQLException {
    AccountId sender = deliveries.getFirst().authenticated();
    if (sender == null || deliveries.stream().noneMatch(Outbox::mayBeQueued)) {
      return null;
    }
    MailboxState mailbox = tx.outbox(sender);
    if (mailbox == null) {
      mailbox = make(tx, mailboxes, sender);
    }
    return mailbox.hasUids(1) ? new Outbox(tx, mailbox, tx.account(sender)) : null;
  }

  private static boolean mayBeQueued(Delivery delivery) {
    return !delivery.remote().isEmpty()
        || delivery.local().stream()
            .anyMatch(target -> target.whenFull() == Delivery.WhenFull.QUEUE);
  }

  /** Mailboxes of the user's own that have the name, or are below it, keep their names. */
  private static MailboxState make(Transaction tx, Mailboxes mailboxes, AccountId account)
      throws SQLException {
    Set<String> known = Mailboxes.known(tx, account).keySet();
    String name = NAME;
    for (int i = 2; isTaken(known, name); i++) {
      name = NAME + " " + i;
    }
    MailboxId id = mailboxes.insert(tx, account, name, SpecialUse.SCHEDULED);
    if (!MailboxRows.subscriptions(tx.handle(), account).contains(name)) {
      MailboxRows.subscribe(tx, account, name);
    }
    return tx.mailbox(id);
  }

  private static boolean isTaken(Set<String> known, String name) {
    return known.stream().anyMatch(other -> other.equals(name) || other.startsWith(name + "/"));
  }

  /** The id of an account's Outbox, or 0. */
  static long find(Transaction tx, AccountId account) throws SQLException {
    PreparedStatement query = tx.query(FIND);
    query.setLong(1, account.value());
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? rs.getLong(1) : 0;
    }
  }

  /** Whether the next entry is shown by a copy, which refers to the entry's content then. */
  boolean isEmpty() {
    return message == 0;
  }

  /** Shows an entry of the queue; the first one's content is what is seen. */
  void show(QueueEntryId entry, long content, Delivery delivery, long now) throws SQLException {
    if (message == 0) {
      long size = delivery.content().size();
      long uid = mailbox.nextUid();
      account.use(size, 1); // perhaps more than its quota: nobody is refused for it
      MessageChanges.add(
          tx,
          mailbox,
          new MessageRow(
              uid,
              mailbox.nextModSeq(),
              SystemFlag.SEEN.bit(),
              null,
              delivery.internalDate(),
              now,
              size,
              content));
      message = MessageRows.id(mailbox.mailbox(), uid);
    }
    PreparedStatement tie = tx.insert(TIE);
    tie.setLong(1, entry.value());
    tie.setLong(2, message);
    tie.addBatch();
  }

  /**
   * An entry has left the queue: its copy goes when it was the last that the copy stands for.
   *
   * @param message the entry's copy
   */
  static void left(Transaction tx, long entry, long message, long now) throws SQLException {
    untie(tx, entry);
    if (ties(tx, message, message).isEmpty()) {
      MailboxState mailbox = tx.liveMailbox(new MailboxId(message >>> 32));
      if (mailbox != null) {
        remove(tx, mailbox, new long[] {message & 0xFFFF_FFFFL}, now);
      }
    }
  }

  /** Takes copies of nothing that is in the queue out of an Outbox. */
  static void remove(Transaction tx, MailboxState mailbox, long[] uids, long now)
      throws SQLException {
    tx.flush();
    List<MessageRow> rows = new ArrayList<>();
    MessageRows.byUids(tx.connection(), mailbox.mailbox(), uids, rows::add);
    if (rows.isEmpty()) {
      return;
    }
    AccountState account = tx.account(mailbox.account());
    account.use(-rows.stream().mapToLong(MessageRow::size).sum(), -rows.size());
    long modSeq = mailbox.nextModSeq();
    MessageChanges.take(tx, mailbox, rows, modSeq, now, false, "sent");
    for (MessageRow row : rows) {
      ContentRows.release(tx, Map.of(row.content(), 1L), now);
    }
  }

  /** Empties the Outbox of an account that is being removed; what is queued goes on. */
  static void close(Transaction tx, AccountId account, long now) throws SQLException {
    MailboxState mailbox = tx.outbox(account);
    if (mailbox == null) {
      return;
    }
    tx.flush();
    for (Tie tie : ties(tx, mailbox.mailbox())) {
      untie(tx, tie.entry);
    }
    UidList uids = new UidList();
    MessageRows.allUids(tx.connection(), mailbox.mailbox(), uids);
    remove(tx, mailbox, uids.toArray(), now);
    tx.settle();
  }

  /**
   * Takes what is left of messages out of the queue, before they are taken out of their mailbox; of
   * another mailbox than an Outbox nothing is in the queue.
   *
   * @param uids ascending
   * @throws StorageException IN_USE when one is just being sent; nothing was changed then
   */
  static void cancel(Transaction tx, MailboxState mailbox, long[] uids, long now)
      throws SQLException {
    if (!mailbox.isOutbox() || uids.length == 0) {
      return;
    }
    tx.flush();
    Set<Long> entries = new HashSet<>();
    for (Tie tie : ties(tx, mailbox.mailbox())) {
      if (Arrays.binarySearch(uids, tie.message & 0xFFFF_FFFFL) >= 0) {
        entries.add(tie.entry);
      }
    }
    for (long entry : entries) {
      if (isLeased(tx, entry)) {
        throw new StorageException(IN_USE, "The message is just being sent; try again");
      }
    }
    String who = entries.isEmpty() ? "" : login(tx, mailbox.account());
    for (long entry : entries) {
      untie(tx, entry);
      QueueTransitions.change(tx, now, new QueueEntryId(entry), -1, Change.CANCEL, "", who);
    }
  }

  private static boolean isLeased(Transaction tx, long entry) throws SQLException {
    PreparedStatement query = tx.query(STATES + tx.dialect().forUpdate());
    query.setLong(1, QueueRows.key(entry, 0));
    query.setLong(2, QueueRows.key(entry, QueueRows.NUMBER_MAX));
    boolean leased = false;
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        leased |= rs.getString(1).equals(DeliveryQueue.State.LEASED.name());
      }
    }
    return leased;
  }

  private static String login(Transaction tx, AccountId account) throws SQLException {
    PreparedStatement query = tx.query(LOGIN);
    query.setLong(1, account.value());
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? rs.getString(1) : "";
    }
  }

  private static void untie(Transaction tx, long entry) throws SQLException {
    PreparedStatement delete = tx.update(UNTIE);
    delete.setLong(1, entry);
    delete.executeUpdate();
  }

  private static List<Tie> ties(Transaction tx, MailboxId mailbox) throws SQLException {
    return ties(tx, MessageRows.id(mailbox, 0), MessageRows.id(mailbox, 0xFFFF_FFFFL));
  }

  private static List<Tie> ties(Transaction tx, long first, long last) throws SQLException {
    PreparedStatement query = tx.query(ENTRIES);
    query.setLong(1, first);
    query.setLong(2, last);
    List<Tie> ties = new ArrayList<>();
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        ties.add(new Tie(rs.getLong(1), rs.getLong(2)));
      }
    }
    return ties;
  }
}
