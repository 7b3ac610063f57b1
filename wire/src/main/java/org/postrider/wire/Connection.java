package org.postrider.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, used in blocking style by its session's thread; only {@link #wake} and
 * {@link #close} are for others.
 */
public interface Connection {
  /** What {@link #await} came back for. */
  enum Wakeup {
    /** There is input to read (or the end of it). */
    INPUT,
    /** Somebody called {@link #wake}. */
    SIGNAL,
    TIMEOUT
  }

  /** Short and unique in this process; for logs and trace fields. */
  String id();

  /** The client's address; what the PROXY header says when it came from a trusted proxy. */
  InetSocketAddress remoteAddress();

  InetSocketAddress localAddress();

  WireInput input();

  WireOutput output();

  /** The TLS session, or null while the connection is in plaintext. */
  @Nullable TlsSession tls();

  /**
   * Whether TLS can be started: there is a certificate, it was not started yet, and neither was
   * compression.
   */
  boolean canStartTls();

  /**
   * Turns to TLS as the server side: sends what is in the output, discards plaintext that was
   * already received (RFC 3207 §4.2, RFC 9051 §11.1 against injection), shakes hands. The reply
   * that lets the client begin must be written before and must not be flushed: a client that is
   * quick to answer it would have its part of the handshake discarded.
   *
   * @throws ConnectionClosedException when the handshake fails or takes too long
   * @throws IllegalStateException unless {@link #canStartTls}
   */
  void startTls() throws IOException;

  /**
   * Turns to raw DEFLATE in both directions (RFC 4978), from the next octet on; flushes output
   * first.
   *
   * @throws IllegalStateException when it was started already
   */
  void startCompression() throws IOException;

  boolean isCompressed();

  /**
   * After that long without input, or up to half a second later, a blocked read throws {@link
   * IdleTimeoutException}.
   */
  void idleTimeout(Duration timeout);

  /**
   * Flushes, then waits for input, for {@link #wake}, or for {@code max} to pass, whichever is
   * first. A wake that came since the last call counts. The idle timeout does not apply.
   *
   * @throws ShutdownException when the server stops
   */
  Wakeup await(Duration max) throws IOException;

  /**
   * Ends this or the next {@link #await} of the session. May be called from any thread, returns at
   * once.
   */
  void wake();

  /** Whether the client is on this machine (loopback address, no proxy between). */
  boolean isLoopback();

  /**
   * Ends the connection; a blocked session gets {@link ConnectionClosedException}. May be called
   * from any thread.
   */
  void close();
}
