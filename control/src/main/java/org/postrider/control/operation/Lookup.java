package org.postrider.control.operation;

import java.util.List;
import java.util.Optional;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Account;
import org.postrider.storage.Directory;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Store;

/** Turns arguments into what they name, or refuses them with a sentence that helps. */
final class Lookup {
  private static final int PASSWORD_CHARACTERS_MAX = 1024;

  private Lookup() {}

  static Account account(Store store, String address) throws Refusal {
    Directory directory = store.directory();
    Optional<Account> account = directory.account(address(address));
    if (account.isPresent()) {
      return account.get();
    }
    if (directory.alias(address).isPresent()) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          address + " is an alias, not a user: see `postrider alias list`.");
    }
    List<String> logins = directory.accounts(null).stream().map(Account::login).toList();
    Optional<String> nearest = NearestName.of(address, logins);
    throw new Refusal(
        Refusal.Reason.NOT_FOUND,
        "There is no user "
            + address
            + (nearest.isPresent()
                ? "; did you mean " + nearest.get() + "?"
                : ": `postrider user list` shows all, `postrider user add "
                    + address
                    + "` adds it."));
  }

  /** A folder that is there; one that was deleted is named. */
  static Mailbox folder(Store store, Account account, String name) throws Refusal {
    Optional<Mailbox> mailbox = store.mailboxes().find(account.id(), name);
    if (mailbox.isPresent()) {
      return mailbox.get();
    }
    boolean deleted =
        store.undelete().mailboxes(account.id()).stream()
            .anyMatch(gone -> gone.mailbox().name().equals(name));
    List<String> names = store.mailboxes().list(account.id()).stream().map(Mailbox::name).toList();
    String what = account.login() + " has no folder '" + name + "'";
    throw new Refusal(
        Refusal.Reason.NOT_FOUND,
        deleted
            ? what + " any more: `postrider folder restore` brings it back."
            : what
                + NearestName.of(name, names)
                    .map(nearest -> "; did you mean '" + nearest + "'?")
                    .orElse(": `postrider folder list " + account.login() + "` shows all."));
  }

  /** An address as the directory takes it; what is plainly none is refused with an example. */
  static String address(String text) throws Refusal {
    String trimmed = text.strip();
    int at = trimmed.lastIndexOf('@');
    if (at <= 0 || at == trimmed.length() - 1) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "'" + text + "' is not an address: write name@domain, for instance alice@example.org.");
    }
    return trimmed;
  }

  static String domain(String text) throws Refusal {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.contains("@")) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "'" + text + "' is not a domain: write what follows the @, for instance example.org.");
    }
    return trimmed;
  }

  static String credential(String password) throws Refusal {
    if (password.isEmpty()) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "The password is empty: give one of at least a character.");
    }
    if (password.length() > PASSWORD_CHARACTERS_MAX) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "The password is longer than " + PASSWORD_CHARACTERS_MAX + " characters.");
    }
    try {
      return StoredCredential.ofPassword(password).text();
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "The password has characters that cannot be used in one (RFC 8265): " + e.getMessage());
    }
  }
}
