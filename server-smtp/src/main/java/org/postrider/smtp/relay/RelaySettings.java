package org.postrider.smtp.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of mail on its way out.
 *
 * @param hostname our name in EHLO and in reports
 * @param retries the pauses after the first, second, … attempt that failed; the last one repeats
 * @param giveUpAfter age at which a recipient is given up (RFC 5321 §4.5.4.1: 4 to 5 days)
 * @param delayNoticeAfter age at which the sender is told that the message waits; zero for never
 * @param smarthost takes all mail, or null
 * @param routes domains (lower case) whose mail goes to a certain host
 * @param resolver the name server, or null for those of the system
 * @param bindAddresses from which connections are made, one at most of IPv4 and one of IPv6;
 *     without one the system chooses
 * @param tls policies about TLS
 * @param port of hosts found by MX
 * @param connectTimeout until a connection is there
 * @param replyTimeout until a reply is there (RFC 5321 §4.5.3.2)
 * @param endOfDataTimeout until the reply to the end of the data is there; at least 10 minutes (RFC
 *     5321 §4.5.3.2.6)
 * @param connections most at a time
 * @param connectionsPerDestination most at a time to one destination
 * @param recipientsPerTransaction most in one transaction (RFC 5321 §4.5.3.1.8: 100)
 */
public record RelaySettings(
    String hostname,
    List<Duration> retries,
    Duration giveUpAfter,
    Duration delayNoticeAfter,
    @Nullable Route smarthost,
    Map<String, Route> routes,
    @Nullable InetSocketAddress resolver,
    List<InetAddress> bindAddresses,
    Tls tls,
    int port,
    Duration connectTimeout,
    Duration replyTimeout,
    Duration endOfDataTimeout,
    int connections,
    int connectionsPerDestination,
    int recipientsPerTransaction) {
  private static final int SMTP_PORT = 25;

  /**
   * A host that was named by the administrator.
   *
   * @param host a name or an address
   * @param login for AUTH, or empty for none
   */
  public record Route(String host, int port, Security security, String login, String password) {
    /** The host alone, for logs: never the password. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** How a connection is protected. */
  public enum Security {
    /** STARTTLS where it is offered, whoever holds the certificate (RFC 7435). */
    OPPORTUNISTIC,
    /** STARTTLS, and the certificate must be the host's. */
    STARTTLS,
    /** TLS from the first octet (RFC 8314), and the certificate must be the host's. */
    TLS,
    /** None at all. */
    NONE
  }

  /** What is demanded of a domain's mail hosts whatever the domain itself says. */
  public enum Level {
    /** TLS where it is offered, whoever holds the certificate (RFC 7435). */
    OPPORTUNISTIC,
    /** TLS, whoever holds the certificate. */
    REQUIRED,
    /** TLS, and the certificate must be the host's. */
    VERIFIED
  }

  /** Whose word it is that an answer of the DNS is proved (RFC 4035). */
  public enum Dnssec {
    /** Nobody's: there is no DANE. */
    OFF,
    /** Ours: signatures are looked at here. */
    VALIDATE,
    /** The name server's; the way to it must be safe. */
    TRUST_RESOLVER
  }

  /**
   * Policies about TLS to other servers.
   *
   * @param levels by domain, lower case; {@code *} for all others
   * @param authorities a PEM file of those who certify hosts, or null for the JDK's
   * @param dnssec for DANE (RFC 7672)
   * @param trustAnchors DS or DNSKEY records in zone-file form, or null for those of the root
   * @param mtaSts whether domains are asked for their policies (RFC 8461)
   * @param mtaStsPort of the web servers that serve these
   * @param mtaStsDirectory where policies are kept over restarts, or null for nowhere
   */
  public record Tls(
      Map<String, Level> levels,
      @Nullable Path authorities,
      Dnssec dnssec,
      @Nullable Path trustAnchors,
      boolean mtaSts,
      int mtaStsPort,
      @Nullable Path mtaStsDirectory) {
    private static final int HTTPS_PORT = 443;

    /** The defaults. */
    public static Tls defaults() {
      return new Tls(Map.of(), null, Dnssec.OFF, null, true, HTTPS_PORT, null);
    }
  }

  /** The defaults. */
  public static RelaySettings defaults(String hostname) {
    return new RelaySettings(
        hostname,
        List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofMinutes(30)),
        Duration.ofDays(5),
        Duration.ofHours(4),
        null,
        Map.of(),
        null,
        List.of(),
        Tls.defaults(),
        SMTP_PORT,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        200,
        20,
        100);
  }

  /** From where a connection to the address is made; null when the system chooses. */
  @Nullable InetAddress bindAddressFor(InetAddress address) {
    for (InetAddress own : bindAddresses) {
      if (own.getClass() == address.getClass()) {
        return own;
      }
    }
    return null;
  }

  /**
   * The pause after an attempt that failed.
   *
   * @param attempts that were made, at least 1
   */
  Duration pauseAfter(int attempts) {
    return retries.get(Math.min(attempts, retries.size()) - 1);
  }
}
