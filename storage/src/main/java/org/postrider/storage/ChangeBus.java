package org.postrider.storage;

/**
 * Tells sessions that something changed; what changed they ask by MODSEQ ({@link
 * Messages#changesSince}). Published after the commit.
 */
public final class ChangeBus {
  ChangeBus() {}

  /** An interest that ends with {@link #close}. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Calls {@code wake} after each change of that mailbox (messages, flags, name, deletion). It runs
   * on the writer's thread: it must return at once and not call the store. Many changes may come as
   * one call.
   */
  public Subscription watch(MailboxId mailbox, Runnable wake) {
    throw new UnsupportedOperationException();
  }

  /**
   * Calls {@code wake} after each change of the account's list of mailboxes, subscriptions, quota
   * or state (disabled).
   */
  public Subscription watch(AccountId account, Runnable wake) {
    throw new UnsupportedOperationException();
  }
}
