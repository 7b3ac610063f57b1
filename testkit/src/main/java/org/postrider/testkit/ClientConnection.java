package org.postrider.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one connection of a transcript: blocking, by lines. Writing happens in a
 * thread of its own, so that a server that answers while it is still written to blocks nobody.
 */
final class ClientConnection implements AutoCloseable {
  private static final int LINE_OCTETS_MAX = 64 << 20;

  private final boolean bytewise;
  private final Duration deadline;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private @Nullable Thread writing;
  private volatile @Nullable IOException writeFailure;

  ClientConnection(InetSocketAddress address, TranscriptRunner.Mode mode, Duration deadline)
      throws IOException {
    this.bytewise = mode == TranscriptRunner.Mode.BYTEWISE;
    this.deadline = deadline;
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) deadline.toMillis());
    socket.connect(address, (int) deadline.toMillis());
    in = new BufferedInputStream(socket.getInputStream());
    out = output(socket);
    if (mode == TranscriptRunner.Mode.TLS) {
      startTls();
    }
  }

  /** Sends without waiting until it is sent. */
  void send(String octets) throws IOException {
    awaitWritten();
    OutputStream target = out;
    writing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                target.write(octets.getBytes(StandardCharsets.ISO_8859_1));
                target.flush();
              } catch (IOException e) {
                // The server may close while it is written to; what it said before counts.
                writeFailure = e;
              }
            });
  }

  /**
   * The next line without its CRLF (a line that ends in a mere LF keeps that), what came before the
   * end of the stream, or null at its end.
   *
   * @throws java.net.SocketTimeoutException past the deadline
   */
  @Nullable String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int octet; (octet = in.read()) >= 0; ) {
        line.write(octet);
        if (octet == '\n') {
          String text = line.toString(StandardCharsets.ISO_8859_1);
          return text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text;
        }
        if (line.size() > LINE_OCTETS_MAX) {
          throw new IOException("a line of more than " + LINE_OCTETS_MAX + " octets");
        }
      }
    } catch (SocketException | EOFException e) {
      // A reset, since the server closed with input unread; or compression that was not finished.
      if (line.size() > 0) {
        throw e;
      }
    }
    return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
  }

  void startTls() throws IOException {
    awaitWritten();
    if (in.available() > 0) {
      throw new IOException("the server sent plaintext after it agreed to TLS");
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      String host = socket.getInetAddress().getHostAddress();
      SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
      tls.startHandshake();
      socket = tls;
      in = new BufferedInputStream(tls.getInputStream());
      out = output(tls);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  void startDeflate() throws IOException {
    awaitWritten();
    in = new BufferedInputStream(new InflaterInputStream(in, new Inflater(true)));
    out =
        new DeflaterOutputStream(
            out, new Deflater(Deflater.DEFAULT_COMPRESSION, true), 8192, /* syncFlush= */ true);
  }

  /** Why sending failed, or null. */
  @Nullable IOException writeFailure() {
    return writeFailure;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void awaitWritten() throws IOException {
    try {
      if (writing != null && !writing.join(deadline)) {
        throw new IOException("the server does not read what is sent");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private OutputStream output(Socket to) throws IOException {
    OutputStream plain = to.getOutputStream();
    return bytewise ? new BytewiseOutputStream(plain) : plain;
  }

  /** Hands each octet on alone. */
  private static final class BytewiseOutputStream extends FilterOutputStream {
    BytewiseOutputStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        out.write(octets[i]);
        out.flush();
      }
    }
  }

  /** Tests meet self-signed certificates. */
  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
