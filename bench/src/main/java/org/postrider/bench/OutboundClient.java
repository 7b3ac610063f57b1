package org.postrider.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A client that hands in mail for elsewhere. */
final class OutboundClient implements AutoCloseable {
  private final Wire wire;
  private final String sender;

  /**
   * @param login whether it has to say who it is
   */
  OutboundClient(int port, int user, boolean login) throws IOException {
    wire = new Wire(port);
    sender = Target.login(user);
    expect("220");
    wire.send("EHLO client.test\r\n");
    expect("250");
    if (login) {
      byte[] secret = ("\0" + sender + "\0" + Target.PASSWORD).getBytes(StandardCharsets.UTF_8);
      wire.send("AUTH PLAIN " + Base64.getEncoder().encodeToString(secret) + "\r\n");
      expect("235");
    }
  }

  /** A message as it is sent after DATA. */
  static byte[] text(int number, int size) {
    String message = new String(Corpus.message(number, size), StandardCharsets.ISO_8859_1);
    return (message.replace("\r\n.", "\r\n..") + "\r\n.\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns when the message is acknowledged. */
  void send(String recipient, byte[] text) throws IOException {
    wire.send("MAIL FROM:<" + sender + ">\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n");
    expect("250");
    expect("250");
    expect("354");
    wire.send(text);
    expect("250");
  }

  private void expect(String code) throws IOException {
    String line = wire.line();
    while (line.startsWith(code + "-")) {
      line = wire.line();
    }
    if (!line.startsWith(code)) {
      throw new IOException("expected " + code + ", got: " + line);
    }
  }

  @Override
  public void close() throws IOException {
    try (wire) {
      wire.send("QUIT\r\n");
      expect("221");
    }
  }
}
