package org.postrider.imap.session;

import org.postrider.storage.Account;

/** Where a session stands (RFC 3501 §3). */
public sealed interface SessionState {
  /** Before login. */
  record NotAuthenticated() implements SessionState {}

  record Authenticated(Account account) implements SessionState {}

  record Selected(Account account, MailboxView view) implements SessionState {}
}
