package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Mailboxes;

/** Mailboxes that commands name. */
final class Targets {
  private Targets() {}

  /** The mailbox of that name, in any spelling of it. */
  static Optional<Mailbox> find(ImapSession session, String name) {
    return session.store().mailboxes().find(session.account().id(), Mailboxes.canonicalName(name));
  }

  /** Tells an IMAP4rev2 client the name where it wrote another (RFC 9051 §6.3.9.7). */
  static void tellName(ImapSession session, Mailbox mailbox, String written) throws IOException {
    String name = written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    if (session.isRev2() && !mailbox.name().equals(name)) {
      new ListResponder(session).tell(mailbox, written);
    }
  }

  /** The answer when it is not there. */
  static Completion missing() {
    return Completion.no(Plain.NONEXISTENT, "There is no such mailbox");
  }

  /** The answer when it is not there, but creating it would help (RFC 3501 §7.1 TRYCREATE). */
  static Completion tryCreate() {
    return Completion.no(Plain.TRYCREATE, "There is no such mailbox");
  }

  /** The answer to a change in a mailbox that was opened by EXAMINE. */
  static Completion readOnly() {
    return Completion.no(Plain.READ_ONLY, "The mailbox is open for reading only");
  }
}
