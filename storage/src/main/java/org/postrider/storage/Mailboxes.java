package org.postrider.storage;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of accounts. Names are separated by {@code /}; {@code INBOX} is meant in any case;
 * a name has at most 1,000 octets of UTF-8, no empty level, no control character, none of {@code *
 * %}.
 */
public final class Mailboxes {
  Mailboxes() {}

  /** All mailboxes of an account, sorted by name, INBOX first. */
  public List<Mailbox> list(AccountId account) {
    throw new UnsupportedOperationException();
  }

  public Optional<Mailbox> find(AccountId account, String name) {
    throw new UnsupportedOperationException();
  }

  /** The state now; empty when it was deleted. */
  public Optional<Mailbox> find(MailboxId id) {
    throw new UnsupportedOperationException();
  }

  /**
   * Creates a mailbox and those above it that are missing (RFC 9051 §6.3.4).
   *
   * @throws StorageException ALREADY_EXISTS, BAD_NAME, LIMIT; ALREADY_EXISTS too when the special
   *     use is taken
   */
  public Mailbox create(AccountId account, String name, @Nullable SpecialUse specialUse) {
    throw new UnsupportedOperationException();
  }

  /**
   * Deletes a mailbox; those below it stay. Its messages can be restored during the retention and
   * do not count for the quota. The subscription stays (RFC 9051 §6.3.5).
   *
   * @throws StorageException NOT_FOUND; CANNOT for INBOX
   */
  public void delete(AccountId account, String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Renames a mailbox with all below it, keeping UIDVALIDITY and special use; parents of the new
   * name are made. INBOX is special: its messages move to the new mailbox, and an empty INBOX stays
   * (RFC 9051 §6.3.6).
   *
   * @throws StorageException NOT_FOUND, ALREADY_EXISTS, BAD_NAME; CANNOT when moved below itself
   */
  public void rename(AccountId account, String from, String to) {
    throw new UnsupportedOperationException();
  }

  /** Subscribed names, sorted; some may not exist. */
  public Set<String> subscriptions(AccountId account) {
    throw new UnsupportedOperationException();
  }

  /**
   * Subscribes (idempotent). The mailbox need not exist. @throws StorageException BAD_NAME, LIMIT
   */
  public void subscribe(AccountId account, String name) {
    throw new UnsupportedOperationException();
  }

  /** Unsubscribes (idempotent). */
  public void unsubscribe(AccountId account, String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * The canonical form of a mailbox name: NFC, INBOX in capitals, no separator at the end.
   *
   * @throws StorageException BAD_NAME
   */
  public static String canonicalName(String name) {
    throw new UnsupportedOperationException();
  }
}
