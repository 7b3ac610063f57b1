package org.postrider.control.operation;

import java.util.ArrayList;
import java.util.List;

/**
 * What a person enters in a mail client for one protocol, in Thunderbird's words.
 *
 * @param protocol {@code IMAP}, {@code POP3} or {@code SMTP}
 * @param security {@code SSL/TLS} or {@code STARTTLS}
 */
public record ClientSetting(
    String protocol, String server, int port, String security, String userName) {

  /** The settings for a login; TLS from the start is preferred (RFC 8314 §3). */
  public static List<ClientSetting> of(Installation installation, String login) {
    List<ClientSetting> settings = new ArrayList<>();
    add(settings, installation, login, "IMAP", Service.IMAPS, Service.IMAP);
    add(settings, installation, login, "POP3", Service.POP3S, Service.POP3);
    add(settings, installation, login, "SMTP", Service.SMTPS, Service.SUBMISSION);
    return List.copyOf(settings);
  }

  private static void add(
      List<ClientSetting> settings,
      Installation installation,
      String login,
      String protocol,
      Service... services) {
    for (Service service : services) {
      Integer port = installation.ports().get(service);
      if (port != null) {
        String security = service.implicitTls() ? "SSL/TLS" : "STARTTLS";
        settings.add(new ClientSetting(protocol, installation.hostname(), port, security, login));
        return;
      }
    }
  }
}
