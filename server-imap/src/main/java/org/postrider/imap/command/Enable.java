package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * ENABLE (RFC 5161): CONDSTORE and QRESYNC (RFC 7162 §3.1, §3.2.3), UIDONLY (RFC 9586 §3.1),
 * UTF8=ACCEPT (RFC 6855 §3), IMAP4rev2 (RFC 9051).
 */
record Enable(List<String> names) implements ImapCommand {
  static Enable parse(ImapReader in) throws ImapSyntaxException {
    List<String> names = new ArrayList<>();
    do {
      names.add(in.name());
    } while (in.accept(' '));
    return new Enable(List.copyOf(names));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    List<String> enabled = new ArrayList<>();
    for (String name : names) {
      // What is not known is passed over (RFC 5161 §3.1).
      if (name.equals("CONDSTORE") && !session.isCondstore()) {
        session.enableCondstore();
        enabled.add(name);
      } else if (name.equals("QRESYNC") && !session.isQresync()) {
        session.enableQresync();
        enabled.add(name);
      } else if (name.equals("UIDONLY") && !session.isUidOnly()) {
        session.enableUidOnly();
        enabled.add(name);
      } else if (name.equals("UTF8=ACCEPT") && !session.isUtf8()) {
        session.enableUtf8();
        enabled.add(name);
      } else if (name.equals("IMAP4REV2") && !session.isRev2()) {
        session.enableRev2();
        enabled.add("IMAP4rev2");
      }
    }
    session.writer().untagged(new Untagged.Names("ENABLED", enabled));
    return Completion.ok("Enabled");
  }
}
