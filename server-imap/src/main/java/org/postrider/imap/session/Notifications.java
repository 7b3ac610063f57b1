package org.postrider.imap.session;

import java.io.IOException;
import org.postrider.storage.MailboxId;

/**
 * What a client wants to be told without asking (RFC 5465). What it did itself it is not told, so
 * its commands say here what they changed.
 */
public interface Notifications extends AutoCloseable {
  /** What is told of the selected mailbox. */
  Interest interest();

  /** Tells of new messages in the selected mailbox what the client wants to know of them. */
  NewMessages newMessages();

  /** Whether expunged messages are told during commands only (RFC 5465 §6.1.2). */
  boolean isDelayed();

  /** Tells what happened to other mailboxes and to names since the last call. */
  void report() throws IOException;

  /** The client put messages into that mailbox. */
  void arrived(MailboxId mailbox, long[] uids);

  /** The client created that mailbox, perhaps with others above it. */
  void created(String name);

  /** The client deleted that mailbox. */
  void deleted(String name);

  /** The client renamed that mailbox with those below it. */
  void renamed(String from, String to);

  /** The client subscribed or unsubscribed. */
  void subscribed(String name, boolean now);

  @Override
  void close();
}
