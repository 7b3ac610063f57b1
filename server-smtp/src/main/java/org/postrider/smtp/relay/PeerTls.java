package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to other servers. */
final class PeerTls {
  private static final SSLContext ANYBODY = context(new TrustManager[] {new Anybody()});
  private static final SSLContext VERIFIED = context(null);

  private PeerTls() {}

  private static SSLContext context(TrustManager @Nullable [] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no TLS", e);
    }
  }

  /**
   * Layers TLS over the connection; the handshake is the caller's.
   *
   * @param verified whether the certificate must be the host's, and from somebody who is trusted
   */
  static SSLSocket layer(Socket socket, String host, boolean verified) throws IOException {
    SSLContext context = verified ? VERIFIED : ANYBODY;
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    if (!host.startsWith("[") && !host.matches("[0-9.]+|.*:.*")) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
    if (verified) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9525, as for any service
    }
    tls.setSSLParameters(parameters);
    return tls;
  }

  /**
   * For opportunistic TLS (RFC 7435): who listens in silently is kept out; who pretends to be the
   * host could as well have taken STARTTLS out of the server's reply.
   */
  private static final class Anybody extends X509ExtendedTrustManager {
    private static final X509Certificate[] NONE = {};

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return NONE;
    }
  }
}
