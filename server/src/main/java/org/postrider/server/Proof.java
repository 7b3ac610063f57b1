package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postrider.control.operation.Service;

/** Sends a message through a running server and reads it again, over its real ports. */
final class Proof {
  private static final String[] SMTP_FAILURES = {"4", "5"};
  private static final String POP3_FAILURE = "-ERR";

  private final Map<String, InetSocketAddress> addresses;
  private final String sender;
  private final String recipient;
  private final String password;
  private final String token;

  /**
   * @param addresses where the services listen
   * @param recipient a user with that password
   */
  Proof(
      Map<String, InetSocketAddress> addresses, String sender, String recipient, String password) {
    this.addresses = addresses;
    this.sender = sender;
    this.recipient = recipient;
    this.password = password;
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    this.token = HexFormat.of().formatHex(random);
  }

  /**
   * Proves it, a line for each step.
   *
   * @throws IOException naming the step that failed and what the server said
   */
  void run(Consumer<String> say) throws IOException {
    step("SMTP", this::sendBySmtp);
    say.accept("✓ SMTP accepted a message from " + sender + " to " + recipient);
    step("POP3", this::readByPop3);
    say.accept("✓ POP3 gave it to " + recipient);
    step("IMAP", this::readByImap);
    say.accept("✓ IMAP found it in the INBOX of " + recipient);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private static void step(String protocol, Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      throw new IOException("The proof failed at " + protocol + ": " + e.getMessage(), e);
    }
  }

  private ProofClient connect(Service service) throws IOException {
    InetSocketAddress address = addresses.get(service.key());
    if (address == null) {
      throw new IOException(service.key() + " is off");
    }
    return new ProofClient(address);
  }

  private void sendBySmtp() throws IOException {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    try (ProofClient client = connect(Service.SMTP)) {
      client.expect("220 ", SMTP_FAILURES);
      client.send("EHLO localhost", "250 ", SMTP_FAILURES);
      client.send("MAIL FROM:<" + sender + ">", "250 ", SMTP_FAILURES);
      client.send("RCPT TO:<" + recipient + ">", "250 ", SMTP_FAILURES);
      client.send("DATA", "354", SMTP_FAILURES);
      client.send(
          String.join(
              "\r\n",
              "From: <" + sender + ">",
              "To: <" + recipient + ">",
              "Subject: Postrider works",
              "Date: " + date,
              "Message-ID: <" + token + "@localhost>",
              "MIME-Version: 1.0",
              "Content-Type: text/plain; charset=utf-8",
              "",
              "This message came by SMTP. Read it by POP3 or by IMAP.",
              "."),
          "250 ",
          SMTP_FAILURES);
      client.send("QUIT", "221", SMTP_FAILURES);
    }
  }

  private void readByPop3() throws IOException {
    try (ProofClient client = connect(Service.POP3)) {
      client.expect("+OK", POP3_FAILURE);
      client.send("USER " + recipient, "+OK", POP3_FAILURE);
      client.send("PASS " + password, "+OK", POP3_FAILURE);
      String count = client.send("STAT", "+OK", POP3_FAILURE).getLast().split(" ", -1)[1];
      client.send("TOP " + count + " 0", "+OK", POP3_FAILURE);
      requireToken(client.expect("."));
      client.send("QUIT", "+OK", POP3_FAILURE);
    }
  }

  private void readByImap() throws IOException {
    try (ProofClient client = connect(Service.IMAP)) {
      client.expect("* OK", "* BYE");
      client.send("a LOGIN " + recipient + " " + password, "a OK", "a NO", "a BAD");
      client.send("b EXAMINE INBOX", "b OK", "b NO", "b BAD");
      requireToken(
          client.send(
              "c FETCH * (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", "c OK", "c NO", "c BAD"));
      client.send("d LOGOUT", "d OK", "d NO", "d BAD");
    }
  }

  private void requireToken(List<String> lines) throws IOException {
    if (lines.stream().noneMatch(line -> line.contains(token))) {
      throw new IOException("the newest message is not the one that was sent");
    }
  }
}
