package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.postrider.wire.TlsSession;

/** What HELP says (RFC 5321 §4.1.1.8). */
final class HelpText {
  private static final Map<String, String> SYNTAX =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("AUTH", "AUTH mechanism [initial-response]"),
              Map.entry("BDAT", "BDAT octets [LAST]"),
              Map.entry("DATA", "DATA"),
              Map.entry("EHLO", "EHLO domain"),
              Map.entry("EXPN", "EXPN list (after AUTH)"),
              Map.entry("ETRN", "ETRN domain | @domain (after AUTH, or from a trusted address)"),
              Map.entry("HELO", "HELO domain"),
              Map.entry("HELP", "HELP [command]"),
              Map.entry(
                  "MAIL",
                  "MAIL FROM:<sender> [SIZE=n] [BODY=7BIT|8BITMIME|BINARYMIME] [SMTPUTF8]"
                      + " [RET=FULL|HDRS] [ENVID=id] [REQUIRETLS] [BY=seconds;R|N]"
                      + " [HOLDFOR=seconds|HOLDUNTIL=time] [MT-PRIORITY=n]"),
              Map.entry("NOOP", "NOOP"),
              Map.entry("QUIT", "QUIT"),
              Map.entry(
                  "RCPT",
                  "RCPT TO:<recipient> [NOTIFY=NEVER|SUCCESS,FAILURE,DELAY] [ORCPT=type;address]"),
              Map.entry("RSET", "RSET"),
              Map.entry("STARTTLS", "STARTTLS"),
              Map.entry("VRFY", "VRFY user")));

  private HelpText() {}

  static SmtpReply reply(String topic) {
    if (topic.isEmpty()) {
      List<String> lines = new ArrayList<>();
      lines.add("Commands:");
      List<String> verbs = List.copyOf(SYNTAX.keySet());
      for (int i = 0; i < verbs.size(); i += 7) {
        lines.add(String.join(" ", verbs.subList(i, Math.min(i + 7, verbs.size()))));
      }
      lines.add("HELP with a command tells its syntax, HELP STATUS the state of the session");
      return new SmtpReply(214, "2.0.0", lines);
    }
    String syntax = SYNTAX.get(topic.toUpperCase(Locale.ROOT));
    return syntax == null ? Replies.NO_HELP : SmtpReply.of(214, "2.0.0", syntax);
  }

  /** RFC 5321 §4.2.3: the state of a session. */
  static SmtpReply status(SmtpSession session) {
    TlsSession tls = session.connection().tls();
    return new SmtpReply(
        211,
        "2.0.0",
        List.of(
            tls == null ? "No TLS" : tls.protocol(),
            session.isAuthenticated() ? "Authenticated" : "Not authenticated",
            session.transactions() + " messages begun"));
  }
}
