package org.postrider.smtp.relay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Delivery.WhenFull;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.Group;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/**
 * Files mail for our own domains, that which waited in the queue among it: a message that was to be
 * held, or one for a mailbox that had no room.
 */
public final class LocalDelivery {
  private final Store store;
  private final String owner;

  /**
   * @param owner of the leases
   */
  LocalDelivery(Store store, String owner) {
    this.store = store;
    this.owner = owner;
  }

  /**
   * The mailbox that a recipient's mail is filed in: {@code user+detail} goes to the mailbox of
   * that name, in any case, where there is one, and all else to INBOX.
   */
  public static Target target(Store store, LocalRecipient recipient, WhenFull whenFull) {
    return new Target(
        recipient.account(), mailbox(store, recipient), recipient.address(), whenFull);
  }

  private static String mailbox(Store store, LocalRecipient recipient) {
    String detail = recipient.detail();
    if (detail.isEmpty()) {
      return "INBOX";
    }
    @Nullable String alike = null;
    for (Mailbox mailbox : store.mailboxes().list(recipient.account())) {
      if (mailbox.name().equals(detail)) {
        return detail;
      }
      if (mailbox.name().equalsIgnoreCase(detail)) {
        alike = mailbox.name();
      }
    }
    return alike == null ? "INBOX" : alike;
  }

  /** The address with its detail. */
  public static String address(LocalRecipient recipient) {
    String address = recipient.address();
    int at = address.lastIndexOf('@');
    return recipient.detail().isEmpty()
        ? address
        : address.substring(0, at) + "+" + recipient.detail() + address.substring(at);
  }

  boolean isOurs(Recipient recipient) {
    return store.directory().isLocalDomain(recipient.domain());
  }

  /**
   * Files a leased recipient's mail; it is in the queue no more when the outcome is SENT, and has
   * to be settled otherwise.
   */
  Outcome deliver(Entry entry, Recipient recipient) {
    String address = recipient.address();
    int at = address.lastIndexOf('@');
    try {
      return switch (store
          .directory()
          .resolve(address.substring(0, at), address.substring(at + 1))) {
        case Resolution.Deliverable(
                List<LocalRecipient> local,
                List<String> remote,
                boolean _,
                Group _) ->
            file(entry, recipient, local, remote);
        case Resolution.NotLocal() -> Outcome.deferred("4.3.5", "the domain is ours no more");
        case Resolution.UnknownUser() -> Outcome.failed("5.1.1", "No such user here");
        case Resolution.Disabled() -> Outcome.failed("5.2.1", "The mailbox is disabled");
      };
    } catch (StorageException e) {
      return switch (e.reason()) {
        case OVER_QUOTA -> Outcome.deferred("4.2.2", "The mailbox is full");
        case LIMIT, NO_SPACE -> Outcome.deferred("4.3.1", "Insufficient system storage");
        case NOT_FOUND, ALREADY_EXISTS, BAD_NAME, CANNOT, IN_USE, TOO_BIG, DAMAGED, UNAVAILABLE ->
            Outcome.deferred("4.3.0", "The mail store is unavailable");
      };
    }
  }

  private Outcome file(
      Entry entry, Recipient recipient, List<LocalRecipient> local, List<String> remote) {
    List<Target> targets = new ArrayList<>(local.size());
    local.forEach(one -> targets.add(target(store, one, WhenFull.REFUSE)));
    List<Remote> elsewhere =
        remote.stream().map(other -> new Remote(other, recipient.parameters())).toList();
    store.queue().file(owner, entry.id(), recipient.number(), targets, elsewhere);
    return new Outcome(Outcome.Kind.SENT, "2.1.5", "delivered", "");
  }
}
