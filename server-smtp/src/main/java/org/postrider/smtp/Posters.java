package org.postrider.smtp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.Alias.Posting;
import org.postrider.storage.Group;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.Deliverable;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.Store;

/**
 * Who may write to a group. Our own users are known by AUTH, or by the word of the mail server
 * before us; a member elsewhere is known by nothing but the envelope's sender, which anybody can
 * write there.
 */
final class Posters {
  private final Store store;
  private final Dialect dialect;

  Posters(Store store, Dialect dialect) {
    this.store = store;
    this.dialect = dialect;
  }

  /**
   * Whether a message may go to the members of a group.
   *
   * @param sender who handed it in after AUTH, or null
   */
  boolean mayPost(Group group, Deliverable members, Envelope envelope, @Nullable Account sender) {
    if (group.posting() == Posting.ANYONE) {
      return true;
    }
    String from = envelope.reversePath().toString();
    Optional<AccountId> user =
        sender != null ? Optional.of(sender.id()) : vouchedFor(envelope.reversePath());
    if (group.posting() == Posting.MEMBERS && isAmong(members, user, from)) {
      return true;
    }
    return switch (resolve(group.owner())) {
      case Deliverable owner -> isAmong(owner, user, from);
      case Resolution.NotLocal() -> group.owner().equalsIgnoreCase(from);
      case Resolution.UnknownUser(), Resolution.Disabled() -> false;
    };
  }

  private Resolution resolve(String address) {
    int at = address.lastIndexOf('@');
    return at < 0
        ? new Resolution.UnknownUser()
        : store.directory().resolve(address.substring(0, at), address.substring(at + 1));
  }

  /** The user who is the sender, where LMTP's client is trusted to know that. */
  private Optional<AccountId> vouchedFor(ReversePath reversePath) {
    return dialect == Dialect.LMTP
            && resolve(reversePath.toString()) instanceof Deliverable found
            && !found.isMany()
        ? found.local().stream().map(LocalRecipient::account).findFirst()
        : Optional.empty();
  }

  private static boolean isAmong(Deliverable members, Optional<AccountId> user, String from) {
    boolean here =
        user.isPresent()
            && members.local().stream().anyMatch(member -> member.account().equals(user.get()));
    return here || members.remote().stream().anyMatch(from::equalsIgnoreCase);
  }
}
