package org.postrider.imap.command;

import java.util.Optional;
import org.postrider.auth.AuthOutcome;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;

/** How an authentication ends, for LOGIN and AUTHENTICATE alike. */
final class Authentication {
  private Authentication() {}

  static Completion complete(ImapSession session, AuthOutcome outcome) {
    return switch (outcome) {
      case AuthOutcome.Success success -> login(session, new AccountId(success.account()));
      case AuthOutcome.Failure(AuthOutcome.Reason reason) ->
          switch (reason) {
            case INVALID ->
                Completion.no(Plain.AUTHENTICATIONFAILED, "Unknown user or wrong password");
            case DISABLED -> Completion.no(Plain.CONTACTADMIN, "The account is disabled");
            case CANCELLED -> Completion.bad("Authentication cancelled");
            case MALFORMED -> Completion.bad("Not what the mechanism expects");
            case THROTTLED ->
                Completion.no(Plain.UNAVAILABLE, "Too many failed logins, try again later");
            case UNAVAILABLE -> Completion.no(Plain.UNAVAILABLE, "Try again later");
          };
    };
  }

  private static Completion login(ImapSession session, AccountId id) {
    Optional<Account> account = session.store().directory().account(id);
    if (account.isEmpty()) {
      return Completion.no(Plain.AUTHENTICATIONFAILED, "Unknown user or wrong password");
    }
    session.login(account.get());
    return Completion.ok(
        new ResponseCode.Capability(CommandTable.capabilities(session)), "Logged in");
  }
}
