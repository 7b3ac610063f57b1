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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
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
   * Connects, greets, and protects the connection as the route says.
   *
   * @throws PeerRefusal when the server does not want to speak with us
   * @throws IOException when it cannot be reached
   */
  static Peer open(MailHost host, InetAddress address, RelaySettings settings)
      throws IOException, PeerRefusal {
    Security security = host.route().security();
    try {
      return open(host, address, settings, security);
    } catch (SSLException e) {
      if (security != Security.OPPORTUNISTIC) {
        throw e;
      }
      // RFC 7435: mail that would go in clear anyway does not wait for the other's TLS
      log.info("{} [{}] has broken TLS, going on without: {}", host.name(), address, e.toString());
      return open(host, address, settings, Security.NONE);
    }
  }

  private static Peer open(
      MailHost host, InetAddress address, RelaySettings settings, Security security)
      throws IOException, PeerRefusal {
    Peer peer = new Peer(host, address, settings);
    try {
      if (security == Security.TLS) {
        peer.handshake(true);
      }
      peer.require(peer.reply());
      peer.greet();
      if (security == Security.STARTTLS || security == Security.OPPORTUNISTIC) {
        peer.startTls(security == Security.STARTTLS);
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

  private void startTls(boolean required) throws IOException, PeerRefusal {
    if (!offers("STARTTLS")) {
      if (required) {
        throw new PeerException(host.name() + " does not offer STARTTLS");
      }
      return;
    }
    PeerReply reply = ask("STARTTLS");
    if (!reply.isPositive()) {
      if (required) {
        require(reply);
      }
      return;
    }
    handshake(required);
    greet(); // RFC 3207 §4.2: what was known of the server is forgotten
  }

  /**
   * @param verified whether the certificate must be the host's
   */
  private void handshake(boolean verified) throws IOException {
    SSLSocket tls = PeerTls.layer(socket, host.name(), verified);
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
    if (!Arrays.asList(extensions.getOrDefault("AUTH", "").split(" ", -1)).contains("PLAIN")) {
      throw new PeerException(host.name() + " does not offer AUTH PLAIN");
    }
    String secret = "\0" + route.login() + "\0" + route.password();
    require(
        ask(
            "AUTH PLAIN "
                + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8))));
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

  /** Whether another transaction may begin. */
  boolean isUsable() {
    return usable;
  }

  /**
   * Whether all of a message went out and its reply did not come: the server may have it (RFC
   * 1047).
   */
  boolean isUndecided() {
    return undecided;
  }

  private PeerReply ask(String command) throws IOException {
    write(command);
    return reply();
  }

  private void write(String command) throws IOException {
    out.write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private PeerReply reply() throws IOException {
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
   * Sends the message to the recipients; one outcome for each, in their order.
   *
   * @throws IOException when the connection broke before the outcome was known: nobody knows
   *     whether the server has the message (RFC 1047)
   */
  List<Outcome> send(Letter letter, List<Recipient> recipients) throws IOException {
    try {
      Outcome obstacle = obstacle(letter, recipients);
      if (obstacle != null) {
        return allOf(obstacle, recipients.size());
      }
      return offers("PIPELINING") ? together(letter, recipients) : oneByOne(letter, recipients);
    } catch (IOException | RuntimeException e) {
      drop();
      throw e;
    }
  }

  private static List<Outcome> allOf(Outcome outcome, int count) {
    return new ArrayList<>(Collections.nCopies(count, outcome));
  }

  /** What the message needs and the server lacks. */
  private @Nullable Outcome obstacle(Letter letter, List<Recipient> recipients) throws IOException {
    if (offers("SIZE")) {
      String max = extensions.getOrDefault("SIZE", "");
      if (max.matches("[1-9]\\d{0,17}") && letter.size() > Long.parseLong(max)) {
        return new Outcome(
            Outcome.Kind.FAILED,
            "5.3.4",
            host.name() + " takes no message of " + letter.size() + " octets",
            host.name());
      }
    }
    String least = extensions.getOrDefault("DELIVERBY", "");
    long seconds = least.matches("\\d{1,9}") ? Long.parseLong(least) : 1;
    if (letter.isTooUrgent(offers("DELIVERBY"), seconds)) {
      return new Outcome(
          Outcome.Kind.FAILED,
          "5.4.7", // RFC 2852 §4.1.4
          host.name() + " cannot promise to deliver by the time that the sender named",
          host.name());
    }
    if (!offers("SMTPUTF8") && needsUtf8(letter, recipients)) {
      return new Outcome(
          Outcome.Kind.FAILED,
          "5.6.7", // RFC 6531 §3.5
          host.name() + " takes no internationalized mail",
          host.name());
    }
    if (!offers("8BITMIME") && letter.isEightBit()) {
      return new Outcome(
          Outcome.Kind.FAILED,
          "5.6.3", // RFC 6152 §3
          host.name() + " takes no 8-bit mail",
          host.name());
    }
    return null;
  }

  private static boolean needsUtf8(Letter letter, List<Recipient> recipients) {
    return !isAscii(letter.reversePath())
        || recipients.stream().anyMatch(recipient -> !isAscii(recipient.address()))
        || (letter.has("SMTPUTF8") && letter.hasEightBitHeader());
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private String mail(Letter letter, List<Recipient> recipients) {
    StringBuilder mail = new StringBuilder("MAIL FROM:<").append(letter.reversePath()).append('>');
    if (offers("SIZE")) {
      mail.append(" SIZE=").append(letter.size());
    }
    if (offers("8BITMIME")) {
      letter.option("BODY").ifPresent(body -> mail.append(' ').append(body));
    }
    if (offers("SMTPUTF8") && needsUtf8(letter, recipients)) {
      mail.append(" SMTPUTF8");
    }
    if (offers("DSN")) {
      letter.option("RET").ifPresent(ret -> mail.append(' ').append(ret));
      letter.option("ENVID").ifPresent(id -> mail.append(' ').append(id));
    }
    String by = letter.by();
    if (by != null && offers("DELIVERBY")) {
      mail.append(" BY=").append(by);
    }
    if (offers("MT-PRIORITY")) {
      letter.option("MT-PRIORITY").ifPresent(priority -> mail.append(' ').append(priority));
    }
    return mail.toString();
  }

  private String rcpt(Recipient recipient) {
    String rcpt = "RCPT TO:<" + recipient.address() + ">";
    return offers("DSN") && !recipient.parameters().isEmpty()
        ? rcpt + " " + recipient.parameters()
        : rcpt;
  }

  private List<Outcome> together(Letter letter, List<Recipient> recipients) throws IOException {
    write(mail(letter, recipients));
    for (Recipient recipient : recipients) {
      write(rcpt(recipient));
    }
    write("DATA");
    PeerReply mail = reply();
    List<PeerReply> replies = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i++) {
      replies.add(reply());
    }
    PeerReply data = reply();
    if (!mail.isPositive()) {
      endUnwanted(data);
      return allOf(Outcome.of(mail, host.name()), recipients.size());
    }
    return finish(letter, replies, data);
  }

  private List<Outcome> oneByOne(Letter letter, List<Recipient> recipients) throws IOException {
    PeerReply mail = ask(mail(letter, recipients));
    if (!mail.isPositive()) {
      return allOf(Outcome.of(mail, host.name()), recipients.size());
    }
    List<PeerReply> replies = new ArrayList<>();
    for (Recipient recipient : recipients) {
      replies.add(ask(rcpt(recipient)));
    }
    if (replies.stream().noneMatch(PeerReply::isPositive)) {
      reset();
      return outcomes(replies);
    }
    return finish(letter, replies, ask("DATA"));
  }

  private List<Outcome> outcomes(List<PeerReply> replies) {
    return new ArrayList<>(replies.stream().map(reply -> Outcome.of(reply, host.name())).toList());
  }

  /** Sends the data to those who were accepted. */
  private List<Outcome> finish(Letter letter, List<PeerReply> replies, PeerReply data)
      throws IOException {
    List<Outcome> outcomes = outcomes(replies);
    if (replies.stream().noneMatch(PeerReply::isPositive)) {
      endUnwanted(data);
      return outcomes;
    }
    PeerReply end = data;
    if (data.code() == 354) {
      DotStuffing stuffing = new DotStuffing(out);
      letter.writeTo(stuffing);
      undecided = true;
      stuffing.end();
      socket.setSoTimeout((int) settings.endOfDataTimeout().toMillis());
      end = reply();
      undecided = false;
      socket.setSoTimeout((int) settings.replyTimeout().toMillis());
    } else if (data.isPositive()) {
      throw new PeerException(host.name() + " answers DATA with " + data);
    }
    Outcome outcome = Outcome.of(end, host.name());
    boolean timed = letter.by() != null && !offers("DELIVERBY");
    if (outcome.isSent() && (timed || !offers("DSN"))) {
      outcome = outcome.relayed();
    }
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i).isSent()) {
        outcomes.set(i, outcome);
      }
    }
    if (data.code() != 354) {
      reset();
    }
    return outcomes;
  }

  /** RFC 2920 §3.1: a server may want data though it took no recipient; it gets none. */
  private void endUnwanted(PeerReply data) throws IOException {
    if (data.code() == 354) {
      out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
      PeerReply end = reply();
      log.debug("{} answered an empty message without recipients with {}", host.name(), end);
    }
    reset();
  }

  private void reset() throws IOException {
    if (usable && !ask("RSET").isPositive()) {
      usable = false;
    }
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
