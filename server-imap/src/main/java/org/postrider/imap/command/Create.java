package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ObjectIds;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.AccountId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Mailboxes;
import org.postrider.storage.SpecialUse;

/** CREATE (RFC 3501 §6.3.3), with a special use (RFC 6154 §3) and MAILBOXID (RFC 8474 §4.1). */
record Create(String mailbox, @Nullable SpecialUse use, boolean knownUse) implements ImapCommand {
  static Create parse(ImapReader in) throws IOException, ImapSyntaxException {
    String mailbox = in.mailbox();
    if (!in.accept(' ')) {
      return new Create(mailbox, null, true);
    }
    in.expect('(');
    if (!in.name().equals("USE")) {
      throw new ImapSyntaxException("No such parameter");
    }
    in.space();
    in.expect('(');
    List<String> names = new ArrayList<>();
    do {
      in.expect('\\');
      names.add("\\" + in.atom());
    } while (in.accept(' '));
    in.expect(')');
    in.expect(')');
    SpecialUse use = byName(names.getFirst());
    // RFC 6154 §3: a server may support just one use of a mailbox.
    return new Create(mailbox, use, use != null && names.size() == 1);
  }

  private static @Nullable SpecialUse byName(String name) {
    for (SpecialUse use : SpecialUse.values()) {
      if (use.imapName().equalsIgnoreCase(name)) {
        return use;
      }
    }
    return null;
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    Mailboxes mailboxes = session.store().mailboxes();
    AccountId account = session.account().id();
    boolean taken =
        use != null && mailboxes.list(account).stream().anyMatch(m -> m.specialUse() == use);
    // The views of all and of flagged messages would be virtual; there are none. The Outbox is not
    // the client's to make.
    boolean offered =
        use != SpecialUse.ALL && use != SpecialUse.FLAGGED && use != SpecialUse.SCHEDULED;
    if (!knownUse || taken || !offered) {
      return Completion.no(Plain.USEATTR, "That use is unknown or taken");
    }
    Mailbox created = mailboxes.create(account, Mailboxes.canonicalName(mailbox), use);
    session.noteNames(told -> told.created(created.name()));
    Targets.tellName(session, created, mailbox);
    return Completion.ok(
        new ResponseCode.MailboxObjectId(ObjectIds.mailbox(created.id())), "Create completed");
  }
}
