package org.postrider.smtp.relay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to other servers. */
final class PeerTls {
  private static final SSLContext ANYBODY = context(new TrustManager[] {new Anybody()});

  private final SSLContext verified;

  /**
   * @param authorities a PEM file of those who are trusted, or null for the JDK's
   * @throws IOException when it cannot be read
   */
  PeerTls(@Nullable Path authorities) throws IOException {
    verified = context(authorities == null ? null : trust(authorities));
  }

  private static TrustManager[] trust(Path authorities) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(authorities))) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + number++, each);
      }
      if (number == 0) {
        throw new IOException("no certificate is in " + authorities);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IOException(authorities + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(TrustManager @Nullable [] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no TLS", e);
    }
  }

  /** For what must be the host that was meant, certified by somebody who is trusted. */
  SSLContext verified() {
    return verified;
  }

  /** Layers TLS over the connection; the handshake is the caller's. */
  SSLSocket layer(Socket socket, String host, TlsDemand demand) throws IOException {
    SSLContext context =
        switch (demand) {
          case TlsDemand.None(), TlsDemand.Opportunistic(), TlsDemand.Encrypted() -> ANYBODY;
          case TlsDemand.Verified() -> verified;
          // Sessions are not to be taken up from before: the records may be others now.
          case TlsDemand.Dane dane -> context(new TrustManager[] {new DaneTrust(dane)});
        };
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    if (!host.startsWith("[") && !host.matches("[0-9.]+|.*:.*")) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
    if (demand instanceof TlsDemand.Verified) {
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
