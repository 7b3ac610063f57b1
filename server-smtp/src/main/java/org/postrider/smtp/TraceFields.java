package org.postrider.smtp;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Header;
import org.postrider.smtp.Envelope.Parcel;
import org.postrider.smtp.check.Candidate;
import org.postrider.storage.Group;
import org.postrider.wire.TlsSession;

/**
 * The fields that are put above a message (RFC 5321 §4.4).
 *
 * <p>They are the same for all local recipients, who so share one content; hence nothing of a
 * recipient is in them when there are several. {@code Return-Path} and {@code Delivery-Date} are
 * there only when somebody local gets the message, and they are the first two lines: what passes
 * such a content on to another host leaves them out, since only final delivery may add them.
 *
 * @param id of the transaction
 * @param hostname ours
 * @param greeting what HELO or EHLO has said
 * @param peer the client's address
 * @param tls null without TLS
 * @param authenticated whether after AUTH
 * @param dialect in which it came
 */
record TraceFields(
    String id,
    String hostname,
    SmtpState.Greeting greeting,
    InetSocketAddress peer,
    @Nullable TlsSession tls,
    boolean authenticated,
    Dialect dialect) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** The fields for that part of the envelope. */
  byte[] fields(Envelope envelope, Parcel parcel, Instant now) {
    String date = DATE.format(now);
    StringBuilder text = new StringBuilder(512);
    if (parcel.here()) {
      text.append("Return-Path: <").append(parcel.reversePath()).append(">\r\n");
      text.append("Delivery-Date: ").append(date).append("\r\n");
    }
    text.append("Received: from ").append(greeting.domain());
    text.append(" (").append(addressLiteral()).append(")\r\n");
    text.append("\tby ").append(hostname).append(" with ").append(protocol(envelope));
    text.append(" id ").append(id);
    if (envelope.recipients().size() == 1) {
      text.append("\r\n\tfor <").append(envelope.recipients().getFirst().path()).append('>');
    }
    if (envelope.priority().isPresent()) {
      text.append("\r\n\tpriority ").append(envelope.priority().getAsInt()); // RFC 6710 §7
    }
    TlsSession session = tls;
    if (session != null) {
      // RFC 8314 §4.3: the "tls" clause names the cipher suite
      text.append("\r\n\ttls ").append(session.cipherSuite());
      text.append(" (").append(session.protocol()).append(')');
    }
    text.append(";\r\n\t").append(date).append("\r\n");
    Group group = parcel.group();
    if (group != null) {
      text.append(new ListFields(group).text());
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Who hands the message in, in words: address, name, protocol, TLS. */
  String client(Envelope envelope) {
    TlsSession session = tls;
    return addressLiteral()
        + " ("
        + greeting.domain()
        + ") with "
        + protocol(envelope)
        + (session == null ? "" : " " + session.protocol() + " " + session.cipherSuite());
  }

  /** What a submitted message lacks of the fields it must have (RFC 6409 §8). */
  byte[] missingFields(Header header, Instant now) {
    StringBuilder text = new StringBuilder();
    if (header.fields().stream().noneMatch(f -> f.is("Date"))) {
      text.append("Date: ").append(DATE.format(now)).append("\r\n");
    }
    if (header.fields().stream().noneMatch(f -> f.is("Message-ID"))) {
      String unique =
          Long.toString(now.toEpochMilli(), 36)
              + "."
              + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      text.append("Message-ID: <").append(unique).append('@').append(hostname).append(">\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Who handed it in, as the checks are told. */
  Candidate.Client client(@Nullable String login) {
    TlsSession session = tls;
    return new Candidate.Client(
        peer.getAddress(),
        peer.getPort(),
        greeting.domain(),
        login,
        session == null ? null : session.protocol(),
        session == null ? null : session.cipherSuite());
  }

  /** RFC 3848, and RFC 6531 §4.3 for SMTPUTF8. */
  private String protocol(Envelope envelope) {
    if (!greeting.extended()) {
      return dialect.protocol(false, false);
    }
    return dialect.protocol(true, envelope.isInternationalized())
        + (tls != null ? "S" : "")
        + (authenticated ? "A" : "");
  }

  private String addressLiteral() {
    String address = peer.getAddress().getHostAddress();
    int zone = address.indexOf('%');
    if (zone >= 0) {
      address = address.substring(0, zone);
    }
    return address.indexOf(':') >= 0 ? "[IPv6:" + address + "]" : "[" + address + "]";
  }
}
