package org.postrider.wire;

import java.io.IOException;

/**
 * The bytes a client sends. All reads block; at the end of the stream they throw {@link
 * ConnectionClosedException}, after the idle timeout {@link IdleTimeoutException}, when the server
 * stops and nothing is buffered {@link ShutdownException}. Before a read blocks, output is flushed:
 * replies to pipelined commands leave in one write.
 */
public interface WireInput {
  /**
   * A line.
   *
   * @param bytes without its line end
   * @param crlf whether it ended with CRLF; otherwise with a bare LF
   */
  record Line(byte[] bytes, boolean crlf) {
    /** The line read as ISO-8859-1: each octet one character. */
    public String latin1() {
      return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
  }

  /** Octets that can be read without waiting; 0 when a read would block (or the stream ended). */
  int available();

  /** One octet, 0 to 255. */
  int read() throws IOException;

  /** At least one octet, at most {@code length}. */
  int read(byte[] target, int offset, int length) throws IOException;

  /**
   * A line, ended by LF. A bare CR is part of the line.
   *
   * @throws LineTooLongException when it has more than {@code max} octets without its end; the rest
   *     of the line was skipped (the connection is closed instead when it is longer than a
   *     megabyte)
   */
  Line readLine(int max) throws IOException;

  /**
   * The buffer that holds what was received: octets {@code position()} to {@code limit()} of {@code
   * buffer()} are unread. For scanners that look at many octets at once; the buffer may be another
   * after any other call.
   */
  byte[] buffer();

  int position();

  int limit();

  /** Blocks until at least one octet is unread. */
  void fill() throws IOException;

  /** Takes {@code count} octets of the unread ones. */
  void consume(int count);
}
