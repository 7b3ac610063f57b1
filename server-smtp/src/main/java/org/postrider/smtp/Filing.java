package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.Envelope.Recipient;
import org.postrider.smtp.relay.LocalDelivery;
import org.postrider.smtp.relay.RcptParameters;
import org.postrider.smtp.relay.StatusReports.Done;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Delivery.WhenFull;
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
  private final WhenFull whenFull;
  private final Posters posters;

  Filing(Store store, Dialect dialect) {
    this.store = store;
    this.posters = new Posters(store, dialect);
    this.whenFull = dialect.whenFull();
  }

  /**
   * Adds a recipient to the envelope.
   *
   * @param parameters of RCPT that the queue must know
   * @param sender who may send to other domains, or null
   * @throws SmtpRefusal with the reply to RCPT
   */
  void add(ForwardPath path, String parameters, Envelope envelope, @Nullable Account sender)
      throws SmtpRefusal {
    add(
        path,
        parameters,
        envelope,
        sender != null,
        found -> found.group() == null || posters.mayPost(found.group(), found, envelope, sender));
  }

  /**
   * Adds a recipient that a check wants, wherever it is.
   *
   * @throws SmtpRefusal when there is no such recipient
   */
  void addForCheck(ForwardPath path, Envelope envelope) throws SmtpRefusal {
    add(path, "", envelope, true, found -> true);
  }

  private void add(
      ForwardPath path,
      String parameters,
      Envelope envelope,
      boolean relay,
      Predicate<Resolution.Deliverable> mayPost)
      throws SmtpRefusal {
    try {
      switch (resolve(path)) {
        case Resolution.Deliverable found -> {
          if (!mayPost.test(found)) {
            throw new SmtpRefusal(Replies.POSTING_DENIED);
          }
          if (found.group() != null && envelope.groups() >= SmtpSettings.GROUPS_MAX) {
            throw new SmtpRefusal(Replies.TOO_MANY_GROUPS);
          }
          envelope.add(recipient(path, parameters, envelope.declaredSize(), found));
        }
        case Resolution.NotLocal() -> {
          if (!relay) {
            throw new SmtpRefusal(Replies.RELAY_DENIED);
          }
          List<Remote> remote = List.of(new Remote(path.toString(), parameters));
          envelope.add(new Recipient(path, List.of(), List.of(), remote, null, null));
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
   * group he hears that it was expanded, and of its members only what went wrong. A member that is
   * full gets it through the queue, so that the others do not wait for it.
   */
  private Recipient recipient(
      ForwardPath path, String parameters, long size, Resolution.Deliverable found)
      throws SmtpRefusal {
    boolean group = found.isMany() || found.group() != null;
    List<Target> targets = new ArrayList<>(found.local().size());
    RcptParameters wishes = RcptParameters.of(parameters);
    String forwarded =
        (group ? wishes.withoutSuccess() : wishes).forwarded(path.toString()).toString();
    List<Remote> held = new ArrayList<>(found.local().size());
    for (LocalRecipient one : found.local()) {
      if (!group) {
        checkQuota(one.account(), size);
      }
      targets.add(LocalDelivery.target(store, one, group ? WhenFull.QUEUE : whenFull));
      held.add(new Remote(LocalDelivery.address(one), forwarded));
    }
    boolean told = wishes.wantsSuccess() && (group || !targets.isEmpty());
    return new Recipient(
        path,
        targets,
        held,
        found.remote().stream().map(address -> new Remote(address, forwarded)).toList(),
        told ? new Done(path.toString(), parameters, group) : null,
        found.group());
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
      return store.directory().isEnabled(account.id());
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
      case NOT_FOUND, ALREADY_EXISTS, CANNOT, IN_USE, UNAVAILABLE -> Replies.STORE_UNAVAILABLE;
    };
  }
}
