package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import org.postrider.smtp.relay.LocalDelivery;
import org.postrider.smtp.relay.RcptParameters;
import org.postrider.smtp.relay.StatusReports.Done;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.QuotaUsage;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/**
 * Decides where mail for a recipient goes, or with which reply it is refused.
 *
 * <p>A full mailbox answers 452 4.2.2, not 552: RFC 3463 §3.3 wants X.2.2 to be transient, since
 * the owner can make room, and RFC 5321 §4.5.3.1.10 has clients try again after 452. Only a message
 * that is larger than the whole quota is refused for good, with 552 5.2.3.
 */
final class Filing {
  private final Store store;

  Filing(Store store) {
    this.store = store;
  }

  /**
   * Adds a recipient to the envelope.
   *
   * @param parameters of RCPT that the queue must know
   * @param relay whether mail for other domains is taken
   * @throws SmtpRefusal with the reply to RCPT
   */
  void add(ForwardPath path, String parameters, Envelope envelope, boolean relay)
      throws SmtpRefusal {
    try {
      switch (resolve(path)) {
        case Resolution.Deliverable deliverable -> add(path, parameters, envelope, deliverable);
        case Resolution.NotLocal() -> {
          if (!relay) {
            throw new SmtpRefusal(Replies.RELAY_DENIED);
          }
          envelope.add(path, List.of(), List.of(new Remote(path.toString(), parameters)));
        }
        case Resolution.UnknownUser() -> throw new SmtpRefusal(Replies.UNKNOWN_USER);
        case Resolution.Disabled() -> throw new SmtpRefusal(Replies.USER_DISABLED);
      }
    } catch (StorageException e) {
      throw new SmtpRefusal(reply(e));
    }
  }

  /**
   * RFC 3461 §5.2.7: what the sender wants to hear goes on to the one whom an alias leads to; for a
   * group he hears that it was expanded, and of its members only what went wrong.
   */
  private void add(
      ForwardPath path, String parameters, Envelope envelope, Resolution.Deliverable found)
      throws SmtpRefusal {
    List<Target> targets = new ArrayList<>(found.local().size());
    boolean group = found.local().size() + found.remote().size() > 1;
    RcptParameters wishes = RcptParameters.of(parameters);
    String forwarded =
        (group ? wishes.withoutSuccess() : wishes).forwarded(path.toString()).toString();
    for (LocalRecipient recipient : found.local()) {
      checkQuota(recipient.account(), envelope.declaredSize());
      targets.add(LocalDelivery.target(store, recipient));
      envelope.addHeld(new Remote(LocalDelivery.address(recipient), forwarded));
    }
    envelope.add(
        path,
        targets,
        found.remote().stream().map(address -> new Remote(address, forwarded)).toList());
    if (wishes.wantsSuccess() && (group || !targets.isEmpty())) {
      envelope.tell(new Done(path.toString(), parameters, group));
    }
  }

  Resolution resolve(ForwardPath path) {
    return switch (path) {
      case ForwardPath.Postmaster() -> store.directory().resolve("postmaster", "");
      case ForwardPath.Recipient(MailAddress(String localPart, String domain)) ->
          store.directory().resolve(localPart, domain);
    };
  }

  private void checkQuota(AccountId account, long size) throws SmtpRefusal {
    if (store.directory().fits(account, Math.max(size, 1))) {
      return;
    }
    QuotaUsage usage = store.directory().quota(account);
    boolean never = usage.bytesMax() > 0 && size > usage.bytesMax();
    throw new SmtpRefusal(never ? Replies.TOO_BIG_FOR_MAILBOX : Replies.MAILBOX_FULL);
  }

  /** Refuses mail before it is sent when the store could not take it (RFC 5321 §4.3.2). */
  void requireRoom() throws SmtpRefusal {
    try {
      store.requireRoom();
    } catch (StorageException e) {
      throw new SmtpRefusal(reply(e));
    }
  }

  /** Whether the account is there and enabled still. */
  boolean isOpen(Account account) throws SmtpRefusal {
    try {
      return store.directory().account(account.id()).map(Account::enabled).orElse(false);
    } catch (StorageException e) {
      throw new SmtpRefusal(reply(e));
    }
  }

  /** Whether the account may send as that address. */
  boolean maySendAs(Account account, MailAddress sender) throws SmtpRefusal {
    try {
      return store.directory().maySendAs(account.id(), sender.toString());
    } catch (StorageException e) {
      throw new SmtpRefusal(reply(e));
    }
  }

  /** What the store's refusal is in SMTP. */
  static SmtpReply reply(StorageException e) {
    return switch (e.reason()) {
      case OVER_QUOTA -> Replies.MAILBOX_FULL;
      case TOO_BIG -> Replies.TOO_BIG;
      case BAD_NAME -> Replies.BAD_MAILBOX_NAME;
      case LIMIT, NO_SPACE -> Replies.STORE_FULL;
      // An account that went away between RCPT and the end of the data is found out at the retry.
      case DAMAGED -> Replies.MAILBOX_UNAVAILABLE;
      case NOT_FOUND, ALREADY_EXISTS, CANNOT, UNAVAILABLE -> Replies.STORE_UNAVAILABLE;
    };
  }
}
