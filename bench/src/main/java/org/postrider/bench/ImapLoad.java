package org.postrider.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the benchmarks say in IMAP. */
final class ImapLoad implements AutoCloseable {
  private static final long VISIBLE_LIMIT = TimeUnit.SECONDS.toNanos(120);

  private final Wire wire;
  private int tag;

  ImapLoad(Wire wire, String login) throws IOException {
    this.wire = wire;
    wire.line();
    command("LOGIN " + login + " " + Target.PASSWORD);
  }

  Wire wire() {
    return wire;
  }

  /** Runs a command to its OK; the number of untagged lines. */
  int command(String text) throws IOException {
    String own = "a" + ++tag;
    wire.send(own + " " + text + "\r\n");
    return untilTagged(own);
  }

  /** Sends a command and a literal in one go (LITERAL+). */
  void append(String mailbox, byte[] message) throws IOException {
    String own = "a" + ++tag;
    wire.send(own + " APPEND " + mailbox + " {" + message.length + "+}\r\n");
    byte[] bytes = new byte[message.length + 2];
    System.arraycopy(message, 0, bytes, 0, message.length);
    bytes[message.length] = '\r';
    bytes[message.length + 1] = '\n';
    wire.send(bytes);
    untilTagged(own);
  }

  private int untilTagged(String own) throws IOException {
    int untagged = 0;
    while (true) {
      String line = wire.line();
      if (line.startsWith(own + " ")) {
        if (!line.startsWith(own + " OK")) {
          throw new IOException("refused: " + line);
        }
        return untagged;
      }
      untagged++;
      skipLiterals(line);
    }
  }

  private void skipLiterals(String first) throws IOException {
    String line = first;
    while (line.endsWith("}")) {
      wire.skip(Long.parseLong(line.substring(line.lastIndexOf('{') + 1, line.length() - 1)));
      line = wire.line();
    }
  }

  /** The number of messages in a mailbox. */
  long messages(String mailbox) throws IOException {
    String own = "a" + ++tag;
    wire.send(own + " STATUS " + mailbox + " (MESSAGES)\r\n");
    String line = wire.line();
    long messages =
        Long.parseLong(line.substring(line.lastIndexOf("MESSAGES ") + 9, line.lastIndexOf(')')));
    untilTagged(own);
    return messages;
  }

  /** Asks until the mailbox has that many messages. */
  void awaitMessages(String mailbox, long count) throws IOException, TimeoutException {
    long deadline = System.nanoTime() + VISIBLE_LIMIT;
    while (messages(mailbox) < count) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("messages are missing from " + mailbox);
      }
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
