package org.postrider.server;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.postrider.auth.Authenticator;
import org.postrider.control.operation.Service;
import org.postrider.imap.ImapFrontEnd;
import org.postrider.imap.ImapSettings;
import org.postrider.pop3.Pop3FrontEnd;
import org.postrider.pop3.Pop3Settings;
import org.postrider.server.config.Configuration;
import org.postrider.smtp.SmtpFrontEnd;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.SmtpSettings.Role;
import org.postrider.smtp.check.MailCheck;
import org.postrider.storage.Store;
import org.postrider.storage.index.TextIndex;
import org.postrider.wire.ConnectionHandler;
import org.postrider.wire.ListenerSpec;

/** The protocol servers, and the listeners that lead to them. */
final class FrontEnds {
  private final Configuration configuration;
  private final ConnectionHandler mx;
  private final ConnectionHandler submission;
  private final ConnectionHandler lmtp;
  private final ConnectionHandler pop3;
  private final ConnectionHandler imap;

  FrontEnds(
      Configuration configuration,
      Store store,
      Authenticator authenticator,
      Clock clock,
      TextIndex textIndex) {
    this.configuration = configuration;
    List<MailCheck> checks = configuration.checks().checks();
    this.mx = new SmtpFrontEnd(smtp(Role.MX), store, authenticator, clock, checks);
    this.submission = new SmtpFrontEnd(smtp(Role.SUBMISSION), store, authenticator, clock, checks);
    this.lmtp = new SmtpFrontEnd(smtp(Role.LMTP), store, authenticator, clock, checks);
    this.pop3 = new Pop3FrontEnd(pop3(), store, authenticator, clock);
    this.imap = new ImapFrontEnd(imap(), store, authenticator, clock, textIndex);
  }

  List<ListenerSpec> listeners() {
    List<ListenerSpec> listeners = new ArrayList<>();
    configuration
        .listeners()
        .forEach((service, address) -> listeners.add(listener(service, address)));
    return listeners;
  }

  private ListenerSpec listener(Service service, InetSocketAddress address) {
    return new ListenerSpec(
        service.key(), address, service.implicitTls(), handler(service), busyReply(service));
  }

  private ConnectionHandler handler(Service service) {
    return switch (service) {
      case SMTP -> mx;
      case SUBMISSION, SMTPS -> submission;
      case LMTP -> lmtp;
      case POP3, POP3S -> pop3;
      case IMAP, IMAPS -> imap;
    };
  }

  private String busyReply(Service service) {
    return switch (service) {
      // RFC 5321 §3.8, RFC 3463 §3.5
      case SMTP, SUBMISSION, SMTPS, LMTP ->
          "421 4.3.2 " + configuration.hostname() + " Too many connections, try again later\r\n";
      case POP3, POP3S -> "-ERR [SYS/TEMP] Too many connections, try again later\r\n"; // RFC 3206
      case IMAP, IMAPS -> "* BYE [UNAVAILABLE] Too many connections, try again later\r\n";
    };
  }

  private SmtpSettings smtp(Role role) {
    Configuration.SessionLimits limits = configuration.sessions();
    SmtpSettings defaults = SmtpSettings.defaults(configuration.hostname(), role);
    return new SmtpSettings(
        configuration.hostname(),
        role,
        limits.messageBytesMax(),
        defaults.headerBytesMax(),
        limits.recipientsMax(),
        limits.receivedMax(),
        defaults.commandLineMax(),
        defaults.authLineMax(),
        limits.errorsMax(),
        limits.smtpIdle(),
        limits.extensions(),
        limits.lmtpTrusted());
  }

  private Pop3Settings pop3() {
    Configuration.SessionLimits limits = configuration.sessions();
    Pop3Settings defaults = Pop3Settings.defaults(configuration.hostname());
    return new Pop3Settings(
        configuration.hostname(),
        limits.errorsMax(),
        limits.pop3Idle(),
        defaults.lineBytesMax(),
        defaults.readAheadBytes(),
        defaults.readAheadMessageBytes(),
        defaults.takeoverAfter());
  }

  private ImapSettings imap() {
    Configuration.SessionLimits limits = configuration.sessions();
    ImapSettings defaults = ImapSettings.defaults(configuration.hostname());
    return new ImapSettings(
        configuration.hostname(),
        defaults.lineBytesMax(),
        defaults.literalBytesMax(),
        limits.messageBytesMax(),
        limits.errorsMax(),
        limits.imapIdle(),
        defaults.loginTimeout(),
        defaults.notifyMailboxesMax());
  }
}
