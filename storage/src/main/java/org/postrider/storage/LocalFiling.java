package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One content on its way into mailboxes, as a step of a change: first everything is checked that
 * may refuse it, then it is filed.
 */
final class LocalFiling {
  private final Transaction tx;
  private final List<Place> places = new ArrayList<>();
  private final List<Delivery.Target> full = new ArrayList<>();
  private final long size;

  private record Place(Delivery.Target target, MailboxState mailbox) {}

  private LocalFiling(Transaction tx, long size) {
    this.tx = tx;
    this.size = size;
  }

  /**
   * @param size of the content, octets
   * @throws StorageException OVER_QUOTA when a target is full that is to be refused then; NOT_FOUND
   *     when an account is gone
   */
  static LocalFiling prepare(Transaction tx, List<Delivery.Target> targets, long size)
      throws SQLException {
    LocalFiling filing = new LocalFiling(tx, size);
    Map<AccountId, Integer> copies = new HashMap<>();
    for (Delivery.Target target : targets) {
      MailboxState mailbox = mailbox(tx, target);
      mailbox.requireUids(targets.size());
      int n = copies.getOrDefault(target.account(), 0) + 1;
      AccountState account = tx.account(target.account());
      if (target.whenFull() == Delivery.WhenFull.REFUSE) {
        account.requireRoom(n * size, n);
      } else if (!account.hasRoom(n * size, n)) {
        filing.full.add(target);
        continue;
      }
      copies.put(target.account(), n);
      filing.places.add(new Place(target, mailbox));
    }
    return filing;
  }

  /** How often the content is filed. */
  long copies() {
    return places.size();
  }

  /** The targets that have no room, and need not be refused for that. */
  List<Delivery.Target> full() {
    return full;
  }

  private static MailboxState mailbox(Transaction tx, Delivery.Target target) throws SQLException {
    MailboxState mailbox = tx.mailbox(target.account(), target.mailbox());
    if (mailbox == null || mailbox.isOutbox()) {
      mailbox = tx.mailbox(target.account(), Mailboxes.INBOX);
    }
    if (mailbox == null) {
      throw new StorageException(NOT_FOUND, "The account of " + target.recipient() + " is gone");
    }
    return mailbox;
  }

  /**
   * Files the content, which has a reference for each copy.
   *
   * @param internalDate epoch milliseconds
   */
  List<Delivery.Filed> file(long content, long internalDate, long now) throws SQLException {
    List<Delivery.Filed> filed = new ArrayList<>(places.size());
    for (Place place : places) {
      MailboxState mailbox = place.mailbox();
      long uid = mailbox.nextUid();
      MessageRow row =
          new MessageRow(uid, mailbox.nextModSeq(), 0, null, internalDate, now, size, content);
      tx.account(mailbox.account()).use(size, 1);
      MessageChanges.add(tx, mailbox, row);
      filed.add(new Delivery.Filed(place.target(), mailbox.mailbox(), mailbox.uidValidity(), uid));
    }
    return List.copyOf(filed);
  }
}
