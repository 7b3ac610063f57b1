package org.postrider.smtp.relay;

import java.net.InetAddress;
import java.util.List;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;

/** Where mail for a domain goes next (RFC 5321 §5.1). */
sealed interface NextHop {
  /** Hosts in the order in which they are to be tried, one at least. */
  record Hosts(List<MailHost> hosts) implements NextHop {}

  /**
   * There is no such host, or it is not known now.
   *
   * @param outcome FAILED or DEFERRED
   */
  record Unknown(Outcome outcome) implements NextHop {}

  /**
   * A host that takes mail.
   *
   * @param name for SNI, certificates, logs and reports
   * @param route with credentials and security; its host is the name
   * @param demand how the connection must be protected
   */
  record MailHost(String name, List<InetAddress> addresses, Route route, TlsDemand demand) {
    static MailHost found(String name, List<InetAddress> addresses, int port, TlsDemand demand) {
      return new MailHost(
          name, addresses, new Route(name, port, Security.OPPORTUNISTIC, "", ""), demand);
    }
  }
}
