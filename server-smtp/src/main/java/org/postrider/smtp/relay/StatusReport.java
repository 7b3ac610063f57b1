package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tells a sender what became of his message (RFC 3464, in the frame of RFC 6522; RFC 6533 for
 * internationalized mail).
 *
 * @param hostname ours, in From and Reporting-MTA
 * @param arrival of the message
 * @param giveUpAt until when delayed recipients are tried
 */
record StatusReport(
    String hostname,
    Action action,
    Letter letter,
    Instant arrival,
    Instant giveUpAt,
    List<Line> lines) {
  /** Longest message that comes back whole unless RET says otherwise, octets. */
  private static final int WHOLE_MAX = 65_536;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * A recipient and what the last attempt ended with.
   *
   * @param parameters of RCPT
   */
  record Line(String address, String parameters, Outcome outcome) {}

  /** RFC 3464 §2.3.3. */
  enum Action {
    FAILED("Your message could not be delivered", "could not be delivered to:"),
    DELAYED("Your message waits", "could not be delivered yet. You need not send it again: to"),
    DELIVERED("Your message was delivered", "was delivered to:"),
    EXPANDED("Your message was delivered to a group", "was passed on to the members of:"),
    RELAYED(
        "Your message was passed on",
        "was passed on to a server that does not report deliveries, for:");

    private final String subject;
    private final String text;

    Action(String subject, String text) {
      this.subject = subject;
      this.text = text;
    }

    String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Writes the report as a message, to the sender of the entry. */
  void writeTo(OutputStream out, Instant now) throws IOException {
    String unique =
        Long.toString(now.toEpochMilli(), 36)
            + "."
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    String boundary = "=_" + unique;
    boolean utf8 = letter.has("SMTPUTF8");
    StringBuilder text = new StringBuilder(2048);
    text.append("From: Mail Delivery System <MAILER-DAEMON@").append(hostname).append(">\r\n");
    text.append("To: <").append(letter.reversePath()).append(">\r\n");
    text.append("Subject: ").append(action.subject).append("\r\n");
    text.append("Date: ").append(DATE.format(now)).append("\r\n");
    text.append("Message-ID: <").append(unique).append('@').append(hostname).append(">\r\n");
    text.append("Auto-Submitted: auto-replied\r\n"); // RFC 3834 §5
    text.append(
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;");
    text.append("\r\n\tboundary=\"").append(boundary).append("\"\r\n");
    part(text, boundary, "text/plain; charset=utf-8", true);
    explain(text);
    part(text, boundary, utf8 ? "message/global-delivery-status" : "message/delivery-status", utf8);
    fields(text, utf8, now);
    boolean whole = isWhole();
    String kind =
        whole
            ? utf8 ? "message/global" : "message/rfc822"
            : utf8 ? "message/global-headers" : "text/rfc822-headers";
    part(text, boundary, kind, true);
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    if (whole) {
      letter.writeTo(out);
    } else {
      out.write(letter.header());
    }
    out.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void part(StringBuilder text, String boundary, String type, boolean eightBit) {
    text.append("\r\n--").append(boundary).append("\r\nContent-Type: ").append(type).append("\r\n");
    if (eightBit) {
      text.append("Content-Transfer-Encoding: 8bit\r\n");
    }
    text.append("\r\n");
  }

  private boolean isWhole() {
    if (action != Action.FAILED || letter.has("REQUIRETLS")) {
      return false; // RFC 3461 §5.2: only a failure brings the message back; RFC 8689 §5
    }
    return letter
        .option("RET")
        .map(ret -> ret.equalsIgnoreCase("RET=FULL"))
        .orElse(letter.size() <= WHOLE_MAX);
  }

  private void explain(StringBuilder text) {
    text.append("This is the mail server ").append(hostname).append(".\r\n\r\n");
    text.append("Your message of ").append(DATE.format(arrival));
    text.append("\r\n").append(action.text).append("\r\n\r\n");
    for (Line line : lines) {
      text.append("  ").append(line.address()).append("\r\n");
      text.append("    ").append(line.outcome().reply());
      if (!line.outcome().host().isEmpty()) {
        text.append(" (said ").append(line.outcome().host()).append(')');
      }
      text.append("\r\n\r\n");
    }
    if (action == Action.DELAYED) {
      text.append("It is tried again until ").append(DATE.format(giveUpAt)).append(".\r\n");
    }
  }

  private void fields(StringBuilder text, boolean utf8, Instant now) {
    text.append("Reporting-MTA: dns; ").append(hostname).append("\r\n");
    letter
        .option("ENVID")
        .ifPresent(id ->
            text.append("Original-Envelope-Id: ")
                .append(Xtext.decode(id.substring("ENVID=".length())))
                .append("\r\n"));
    text.append("Arrival-Date: ").append(DATE.format(arrival));
    text.append("\r\n");
    value("BY")
        .ifPresent(value -> {
          Instant by = Instant.ofEpochMilli(Deadline.of(value, arrival.toEpochMilli()).at());
          text.append("Deliver-By-Date: ").append(DATE.format(by)).append("\r\n"); // RFC 2852 §5
        });
    value("HOLDFOR")
        .map(seconds -> "for;" + seconds)
        .or(() -> value("HOLDUNTIL").map(time -> "until;" + time))
        .ifPresent(
            hold -> // RFC 4865 §5.1.2
            text.append("Future-Release-Request: ").append(hold).append("\r\n"));
    for (Line line : lines) {
      text.append("\r\n");
      RcptParameters.of(line.parameters())
          .originalRecipient(utf8)
          .ifPresent(
              original -> text.append("Original-Recipient: ").append(original).append("\r\n"));
      text.append("Final-Recipient: ").append(typed(line.address(), utf8)).append("\r\n");
      text.append("Action: ").append(action.keyword()).append("\r\n");
      text.append("Status: ").append(line.outcome().status()).append("\r\n");
      if (!line.outcome().host().isEmpty()) {
        text.append("Remote-MTA: dns; ").append(line.outcome().host()).append("\r\n");
        text.append("Diagnostic-Code: smtp; ").append(ascii(line.outcome().reply(), utf8));
        text.append("\r\n");
      }
      text.append("Last-Attempt-Date: ").append(DATE.format(now)).append("\r\n");
      if (action == Action.DELAYED) {
        text.append("Will-Retry-Until: ").append(DATE.format(giveUpAt)).append("\r\n");
      }
    }
  }

  private Optional<String> value(String keyword) {
    return letter.option(keyword).map(option -> option.substring(keyword.length() + 1));
  }

  /** RFC 6533 §3: an address beyond ASCII has a type of its own. */
  private static String typed(String address, boolean utf8) {
    if (address.chars().allMatch(c -> c < 128)) {
      return "rfc822; " + address;
    }
    return "utf-8; " + (utf8 ? address : Utf8Address.encode(address));
  }

  private static String ascii(String text, boolean utf8) {
    return utf8 ? text : text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
