package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One content on its way into mailboxes, as a step of a change: first everything is checked that
 * may refuse it, then it is filed.
 */
final class LocalFiling {
  private final Transaction tx;
  private final List<Delivery.Target> targets;
  private final List<MailboxState> mailboxes = new ArrayList<>();
  private final long size;

  private LocalFiling(Transaction tx, List<Delivery.Target> targets, long size) {
    this.tx = tx;
    this.targets = targets;
    this.size = size;
  }

  /**
   * @param size of the content, octets
   * @throws StorageException OVER_QUOTA; NOT_FOUND when an account is gone
   */
  static LocalFiling prepare(Transaction tx, List<Delivery.Target> targets, long size)
      throws SQLException {
    LocalFiling filing = new LocalFiling(tx, targets, size);
    Map<AccountId, Integer> copies = new LinkedHashMap<>();
    for (Delivery.Target target : targets) {
      MailboxState mailbox = mailbox(tx, target);
      mailbox.requireUids(targets.size());
      filing.mailboxes.add(mailbox);
      copies.merge(target.account(), 1, Integer::sum);
    }
    for (Map.Entry<AccountId, Integer> account : copies.entrySet()) {
      int n = account.getValue();
      tx.account(account.getKey()).requireRoom(n * size, n);
    }
    return filing;
  }

  private static MailboxState mailbox(Transaction tx, Delivery.Target target) throws SQLException {
    MailboxState mailbox = tx.mailbox(target.account(), target.mailbox());
    if (mailbox == null) {
      mailbox = tx.mailbox(target.account(), Mailboxes.INBOX);
    }
    if (mailbox == null) {
      throw new StorageException(NOT_FOUND, "The account of " + target.recipient() + " is gone");
    }
    return mailbox;
  }

  /**
   * Files the content, which has a reference for each target.
   *
   * @param internalDate epoch milliseconds
   */
  List<Delivery.Filed> file(long content, long internalDate, long now) throws SQLException {
    List<Delivery.Filed> filed = new ArrayList<>(targets.size());
    for (int i = 0; i < mailboxes.size(); i++) {
      MailboxState mailbox = mailboxes.get(i);
      long uid = mailbox.nextUid();
      MessageRow row =
          new MessageRow(uid, mailbox.nextModSeq(), 0, null, internalDate, now, size, content);
      tx.account(mailbox.account()).use(size, 1);
      MessageChanges.add(tx, mailbox, row);
      filed.add(new Delivery.Filed(targets.get(i), mailbox.mailbox(), mailbox.uidValidity(), uid));
    }
    return List.copyOf(filed);
  }
}
