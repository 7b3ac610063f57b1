package org.postrider.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bytes for a client, buffered until {@link #flush}, until the buffer is full, or until the
 * session waits for input. Blocks the session when the client does not read; after the write
 * timeout it throws {@link ConnectionClosedException}.
 */
public abstract class WireOutput extends OutputStream {
  /** Writes a text of ASCII or ISO-8859-1 characters. */
  public abstract void writeLatin1(String text) throws IOException;

  public void writeUtf8(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
  }

  @Override
  public abstract void write(byte[] bytes, int offset, int length) throws IOException;

  @Override
  public abstract void flush() throws IOException;
}
