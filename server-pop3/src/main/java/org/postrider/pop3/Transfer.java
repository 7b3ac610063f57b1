package org.postrider.pop3;

import java.io.IOException;
import java.util.OptionalInt;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.wire.ConnectionClosedException;
import org.postrider.wire.WireOutput;

/**
 * The commands of the TRANSACTION state (RFC 1939 §5, §7) on one maildrop.
 *
 * <p>Sizes are those of the messages as stored. That is what RETR sends, too, unless a message came
 * into the store with lone LFs or CRs, which leave as CRLF.
 */
final class Transfer {
  private static final int TOP_CHUNK_BYTES = 64 << 10;

  private final Contents contents;
  private final Maildrop maildrop;
  private final WireOutput out;
  private final ReadAhead readAhead;
  private long retrieved;

  Transfer(Store store, Pop3Settings settings, Maildrop maildrop, WireOutput out) {
    this.contents = store.contents();
    this.maildrop = maildrop;
    this.out = out;
    this.readAhead = new ReadAhead(contents, settings);
  }

  Maildrop maildrop() {
    return maildrop;
  }

  /** How often a message was sent whole. */
  long retrieved() {
    return retrieved;
  }

  boolean holdsMemory() {
    return !readAhead.isEmpty();
  }

  void releaseMemory() {
    readAhead.clear();
  }

  void execute(Pop3Command.InTransaction command) throws IOException {
    switch (command) {
      case Pop3Command.Stat() -> reply("+OK " + maildrop.messages() + " " + maildrop.octets());
      case Pop3Command.List(OptionalInt message) -> list(message);
      case Pop3Command.Uidl(OptionalInt message) -> uidl(message);
      case Pop3Command.Retr(int message) -> retr(message);
      case Pop3Command.Top(int message, int lines) -> top(message, lines);
      case Pop3Command.Dele(int message) -> dele(message);
      case Pop3Command.Noop() -> reply("+OK");
      case Pop3Command.Rset() -> {
        maildrop.unmarkAll();
        reply("+OK " + maildrop.messages() + " messages, " + maildrop.octets() + " octets");
      }
    }
  }

  private void list(OptionalInt message) throws IOException {
    if (message.isPresent()) {
      int number = message.getAsInt();
      reply(
          maildrop.has(number) ? "+OK " + number + " " + maildrop.size(number) : Reply.NO_MESSAGE);
      return;
    }
    reply("+OK " + maildrop.messages() + " messages, " + maildrop.octets() + " octets");
    for (int number = 1; number <= maildrop.last(); number++) {
      if (maildrop.has(number)) {
        reply(number + " " + maildrop.size(number));
      }
    }
    reply(".");
  }

  private void uidl(OptionalInt message) throws IOException {
    if (message.isPresent()) {
      int number = message.getAsInt();
      reply(
          maildrop.has(number)
              ? "+OK " + number + " " + maildrop.uniqueId(number)
              : Reply.NO_MESSAGE);
      return;
    }
    reply("+OK Unique ids follow");
    for (int number = 1; number <= maildrop.last(); number++) {
      if (maildrop.has(number)) {
        reply(number + " " + maildrop.uniqueId(number));
      }
    }
    reply(".");
  }

  private void retr(int message) throws IOException {
    if (!maildrop.has(message)) {
      reply(Reply.NO_MESSAGE);
      return;
    }
    byte[] bytes = readAhead.take(maildrop, message);
    if (bytes == null) {
      stream(message, MessageOutput.ALL_LINES);
    } else {
      reply("+OK " + bytes.length + " octets");
      MessageOutput reply = new MessageOutput(out, MessageOutput.ALL_LINES);
      reply.write(bytes, 0, bytes.length);
      reply.finish();
    }
    retrieved++;
  }

  private void top(int message, int lines) throws IOException {
    if (!maildrop.has(message)) {
      reply(Reply.NO_MESSAGE);
    } else if (lines == 0) {
      byte[] header = contents.header(maildrop.content(message));
      reply("+OK Header follows");
      MessageOutput reply = new MessageOutput(out, 0);
      reply.write(header, 0, header.length);
      reply.finish();
    } else {
      stream(message, lines);
    }
  }

  /**
   * Sends a message piece by piece. The first piece is read before the reply, so that an error can
   * still be told; after it there is no way but to close, lest the client take a part for the whole
   * and delete it.
   */
  private void stream(int message, int lines) throws IOException {
    ContentId content = maildrop.content(message);
    long size = maildrop.size(message);
    FirstPiece target = new FirstPiece(size, lines);
    try {
      for (long at = 0; at < size && !target.body.isFull(); at += TOP_CHUNK_BYTES) {
        contents.copy(content, at, TOP_CHUNK_BYTES, target);
      }
      target.begin();
    } catch (StorageException e) {
      if (!target.begun) {
        throw e;
      }
      throw new ConnectionClosedException("a message can't be read to its end: " + e.getMessage());
    }
    target.body.finish();
  }

  /** Writes the reply line with the first octets that come. */
  private final class FirstPiece extends java.io.OutputStream {
    final MessageOutput body;
    private final String replyLine;
    private boolean begun;

    FirstPiece(long size, int lines) {
      body = new MessageOutput(out, lines);
      replyLine = lines == MessageOutput.ALL_LINES ? "+OK " + size + " octets" : "+OK Top follows";
    }

    void begin() throws IOException {
      if (!begun) {
        begun = true;
        reply(replyLine);
      }
    }

    @Override
    public void write(int b) throws IOException {
      begin();
      body.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      begin();
      body.write(bytes, offset, length);
    }
  }

  private void dele(int message) throws IOException {
    if (maildrop.has(message)) {
      maildrop.mark(message);
      reply("+OK Marked");
    } else {
      reply(Reply.NO_MESSAGE);
    }
  }

  private void reply(String line) throws IOException {
    out.writeLatin1(line + "\r\n");
  }
}
