package org.postrider.storage;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Domains, accounts, addresses and aliases. Addresses are given as {@code local@domain} in any case
 * and kept in canonical form: NFC, lower case, domain in U-label form. Changes are in the audit
 * log.
 */
public final class Directory {
  Directory() {}

  /**
   * @throws StorageException ALREADY_EXISTS, BAD_NAME
   */
  public void addDomain(String domain) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws StorageException NOT_FOUND; CANNOT when accounts or aliases are left in it
   */
  public void removeDomain(String domain) {
    throw new UnsupportedOperationException();
  }

  /** Our domains in canonical form, sorted. */
  public List<String> domains() {
    throw new UnsupportedOperationException();
  }

  public boolean isLocalDomain(String domain) {
    throw new UnsupportedOperationException();
  }

  /**
   * Creates an account with its INBOX and special-use mailboxes (Drafts, Sent, Junk, Trash,
   * Archive), subscribed; adds the domain when it is not ours yet.
   *
   * @param credential text form of the auth module, or null
   * @throws StorageException ALREADY_EXISTS, BAD_NAME
   */
  public Account createAccount(String address, @Nullable String credential) {
    throw new UnsupportedOperationException();
  }

  /** The account with that address (not alias), {@code +detail} not allowed. */
  public Optional<Account> account(String address) {
    throw new UnsupportedOperationException();
  }

  public Optional<Account> account(AccountId id) {
    throw new UnsupportedOperationException();
  }

  /** All accounts, or those of one domain, sorted by login. */
  public List<Account> accounts(@Nullable String domain) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws StorageException NOT_FOUND
   */
  public void setCredential(AccountId account, @Nullable String credential) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws StorageException NOT_FOUND
   */
  public void setEnabled(AccountId account, boolean enabled) {
    throw new UnsupportedOperationException();
  }

  /** Zero lifts a limit. @throws StorageException NOT_FOUND */
  public void setQuota(AccountId account, long bytes, long messages) {
    throw new UnsupportedOperationException();
  }

  public QuotaUsage quota(AccountId account) {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes the account and its addresses; its mail goes after the retention. @throws
   * StorageException NOT_FOUND
   */
  public void removeAccount(AccountId account) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds targets to an alias, or makes it. A local part {@code *} makes the catch-all of a domain.
   *
   * @throws StorageException ALREADY_EXISTS when an account has that address, NOT_FOUND when the
   *     domain is not ours, BAD_NAME
   */
  public Alias addAlias(String address, List<String> targets) {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes those targets, or the whole alias when none are named. @throws StorageException
   * NOT_FOUND
   */
  public void removeAlias(String address, List<String> targets) {
    throw new UnsupportedOperationException();
  }

  public List<Alias> aliases(@Nullable String domain) {
    throw new UnsupportedOperationException();
  }

  public Optional<Alias> alias(String address) {
    throw new UnsupportedOperationException();
  }

  /**
   * Where mail for an address goes: the exact address, then without {@code +detail}, then the
   * catch-all of its domain. {@code postmaster} of one of our domains (or without any) leads, when
   * nobody has that address, to the account of the oldest enabled account of that domain (any
   * domain), so that it is always accepted (RFC 5321 §4.5.1).
   */
  public Resolution resolve(String localPart, String domain) {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether the account may send as that address: one of its own, with any detail, or an alias that
   * leads to it alone.
   */
  public boolean maySendAs(AccountId account, String address) {
    throw new UnsupportedOperationException();
  }
}
