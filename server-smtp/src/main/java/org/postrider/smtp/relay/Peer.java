package org.postrider.smtp.relay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.postrider.smtp.relay.NextHop.MailHost;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to another mail server, of which we are the client (RFC 5321). Commands go together
 * where the other allows it (RFC 2920). Used by one thread; after an {@link IOException} it is
 * closed.
 */
final class Peer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Peer.class);
  private static final int BUFFER = 16_384;

  private final MailHost host;
  private final RelaySettings settings;
  private volatile Socket socket;
  private InputStream in;
  private OutputStream out;
  private Map<String, String> extensions = Map.of();
  private volatile boolean usable = true;
  private boolean undecided;
  private int transactions;
  private boolean spent;

  private Peer(MailHost host, InetAddress address, RelaySettings settings) throws IOException {
    this.host = host;
    this.settings = settings;
    this.socket = new Socket();
    try {
      InetAddress own = settings.bindAddressFor(address);
      if (own != null) {
        socket.bind(new InetSocketAddress(own, 0));
      }
      socket.connect(
          new InetSocketAddress(address, host.route().port()),
          (int) settings.connectTimeout().toMillis());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) settings.replyTimeout().toMillis());
      this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Connects, greets, and protects the connection as is demanded for the host.
   *
   * @throws PeerRefusal when the server does not want to speak with us, or not as is demanded
   * @throws IOException when it cannot be reached
   */
  static Peer open(MailHost host, InetAddress address, RelaySettings settings, PeerTls tls)
      throws IOException, PeerRefusal {
    TlsDemand demand = host.demand();
    try {
      return open(host, address, settings, tls, demand);
    } catch (SSLException e) {
      if (demand.isStrict()) {
        throw new PeerRefusal(
            new Outcome(
                Outcome.Kind.DEFERRED,
                Outcome.TLS_FAILED,
                host.name() + " cannot be trusted: " + e.getMessage(),
                ""));
      }
      // RFC 7435: mail that would go in clear anyway does not wait for the other's TLS
      log.info("{} [{}] has broken TLS, going on without: {}", host.name(), address, e.toString());
      return open(host, address, settings, tls, new TlsDemand.None());
    }
  }

  private static Peer open(
      MailHost host, InetAddress address, RelaySettings settings, PeerTls tls, TlsDemand demand)
      throws IOException, PeerRefusal {
    Peer peer = new Peer(host, address, settings);
    try {
      boolean atOnce = host.route().security() == Security.TLS;
      if (atOnce) {
        peer.handshake(tls, demand);
      }
      peer.require(peer.reply());
      peer.greet();
      if (!atOnce && !(demand instanceof TlsDemand.None)) {
        peer.startTls(tls, demand);
      }
      peer.authenticate(host.route());
      return peer;
    } catch (IOException | PeerRefusal | RuntimeException e) {
      peer.drop();
      throw e;
    }
  }

  private void greet() throws IOException, PeerRefusal {
    PeerReply reply = ask("EHLO " + settings.hostname());
    Map<String, String> offered = new HashMap<>();
    if (reply.isPositive()) {
      for (String line : reply.lines().subList(1, reply.lines().size())) {
        int space = line.indexOf(' ');
        String keyword = space < 0 ? line : line.substring(0, space);
        offered.put(
            keyword.toUpperCase(Locale.ROOT), space < 0 ? "" : line.substring(space + 1).trim());
      }
    } else if (reply.isPermanent()) {
      require(ask("HELO " + settings.hostname())); // RFC 5321 §3.2
    } else {
      require(reply);
    }
    extensions = offered;
  }

  private void require(PeerReply reply) throws PeerRefusal {
    if (!reply.isPositive()) {
      // Even a 5xx is about us and now, not about the message: it waits for another host or day.
      throw new PeerRefusal(
          new Outcome(
              Outcome.Kind.DEFERRED,
              "4" + reply.status().substring(1),
              reply.toString(),
              host.name()));
    }
  }

  private void startTls(PeerTls tls, TlsDemand demand) throws IOException, PeerRefusal {
    if (!offers("STARTTLS")) {
      if (demand.isStrict()) {
        throw new PeerRefusal(
            new Outcome(
                Outcome.Kind.DEFERRED,
                Outcome.TLS_MISSING,
                host.name() + " does not offer STARTTLS",
                ""));
      }
      return;
    }
    PeerReply reply = ask("STARTTLS");
    if (!reply.isPositive()) {
      if (demand.isStrict()) {
        throw new PeerRefusal(
            new Outcome(Outcome.Kind.DEFERRED, Outcome.TLS_MISSING, reply.toString(), host.name()));
      }
      return;
    }
    handshake(tls, demand);
    greet(); // RFC 3207 §4.2: what was known of the server is forgotten
  }

  private void handshake(PeerTls peerTls, TlsDemand demand) throws IOException {
    SSLSocket tls = peerTls.layer(socket, host.name(), demand);
    tls.setSoTimeout((int) settings.replyTimeout().toMillis());
    tls.startHandshake();
    // What came in clear behind the reply to STARTTLS is dropped with the old streams.
    socket = tls;
    in = new BufferedInputStream(tls.getInputStream(), BUFFER);
    out = new BufferedOutputStream(tls.getOutputStream(), BUFFER);
  }

  private void authenticate(Route route) throws IOException, PeerRefusal {
    if (route.login().isEmpty()) {
      return;
    }
    if (!Arrays.asList(parameters("AUTH").split(" ", -1)).contains("PLAIN")) {
      throw new PeerException(host.name() + " does not offer AUTH PLAIN");
    }
    String secret = "\0" + route.login() + "\0" + route.password();
    require(
        ask(
            "AUTH PLAIN "
                + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8))));
  }

  /** What stands behind an extension's name; empty when nothing does, or it is not offered. */
  String parameters(String extension) {
    return extensions.getOrDefault(extension, "");
  }

  boolean offers(String extension) {
    return extensions.containsKey(extension);
  }

  String name() {
    return host.name();
  }

  /** How the connection is protected, for instance {@code TLSv1.3 TLS_AES_256_GCM_SHA384}. */
  String protection() {
    return socket instanceof SSLSocket tls
        ? tls.getSession().getProtocol() + " " + tls.getSession().getCipherSuite()
        : "";
  }

  /** How many were made. */
  int transactions() {
    return transactions;
  }

  /** Whether another transaction may begin. */
  boolean isUsable() {
    return usable && !spent;
  }

  /** Whether the server took as many messages over this connection as it said it would. */
  boolean isSpent() {
    return usable && spent;
  }

  /**
   * Whether all of a message went out and its reply did not come: the server may have it (RFC
   * 1047).
   */
  boolean isUndecided() {
    return undecided;
  }

  PeerReply ask(String command) throws IOException {
    write(command);
    return reply();
  }

  void write(String command) throws IOException {
    out.write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  PeerReply reply() throws IOException {
    try {
      out.flush();
      PeerReply reply = PeerReply.read(in);
      if (reply.isClosing()) {
        usable = false;
      }
      return reply;
    } catch (IOException e) {
      drop();
      throw e;
    }
  }

  /**
   * A recipient of a transaction.
   *
   * @param parameters of RCPT for servers with DSN (RFC 3461 §4), or empty
   */
  record Recipient(String address, String parameters) {}

  /**
   * How many of the recipients, in their order, may be in one transaction (RFC 9422).
   *
   * @param recipients one at least
   * @return one at least
   */
  int fitting(List<Recipient> recipients) {
    int max = limit("RCPTMAX");
    int domainsMax = limit("RCPTDOMAINMAX");
    Set<String> domains = new HashSet<>();
    for (int i = 0; i < recipients.size(); i++) {
      String address = recipients.get(i).address();
      domains.add(address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT));
      if (i == max || domains.size() > domainsMax) {
        return Math.max(i, 1);
      }
    }
    return recipients.size();
  }

  /** A limit that the server announced; the largest number when it announced none. */
  private int limit(String name) {
    for (String limit : parameters("LIMITS").split(" ", -1)) {
      if (limit.toUpperCase(Locale.ROOT).matches(name + "=[1-9]\\d{0,5}")) {
        return Integer.parseInt(limit.substring(name.length() + 1));
      }
    }
    return Integer.MAX_VALUE;
  }

  /**
   * Sends the message to the recipients; one outcome for each, in their order.
   *
   * @throws IOException when the connection broke before the outcome was known: nobody knows
   *     whether the server has the message (RFC 1047)
   */
  List<Outcome> send(Letter letter, List<Recipient> recipients) throws IOException {
    try {
      List<Outcome> outcomes = new Transaction(this, letter, recipients).run();
      if (++transactions >= limit("MAILMAX")) {
        spent = true;
      }
      return outcomes;
    } catch (IOException | RuntimeException e) {
      drop();
      throw e;
    }
  }

  /** Writes what ends the data, or all of them, and waits longer than usual for the reply. */
  PeerReply endOfData(Ending ending) throws IOException {
    undecided = true;
    ending.write();
    socket.setSoTimeout((int) settings.endOfDataTimeout().toMillis());
    PeerReply end = reply();
    undecided = false;
    socket.setSoTimeout((int) settings.replyTimeout().toMillis());
    return end;
  }

  /** What ends the data. */
  @FunctionalInterface
  interface Ending {
    void write() throws IOException;
  }

  OutputStream out() {
    return out;
  }

  /** No other transaction is to begin. */
  void spend() {
    usable = false;
  }

  private void drop() {
    usable = false;
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing the connection to {}", host.name(), e);
    }
  }

  /** Breaks off what the connection's thread is doing; called by another one. */
  void abort() {
    drop();
  }

  /** Says QUIT and waits for no answer. */
  @Override
  public void close() {
    try {
      if (!socket.isClosed()) {
        write("QUIT");
        out.flush();
      }
    } catch (IOException e) {
      log.debug("{} was gone before QUIT", host.name(), e);
    } finally {
      drop();
    }
  }
}
