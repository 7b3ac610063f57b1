package org.postrider.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its key, ready to shake hands. It is reference-counted, for the native engine
 * keeps it outside the heap: its maker holds one count, and each connection that may need it one.
 */
final class TlsContext {
  private static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding"; // RFC 9266 §2
  private static final int EXPORTER_OCTETS = 32;
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** Forward secrecy and AEAD only; every mail client of the last ten years has one of them. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final Pattern HASH_OF_ALGORITHM = Pattern.compile("(SHA3-|SHA)-?(\\d+)WITH.*");

  private final SslContext context;
  private final byte[] serverEndPoint;

  private TlsContext(SslContext context, byte[] serverEndPoint) {
    this.context = context;
    this.serverEndPoint = serverEndPoint;
  }

  /**
   * Reads certificate and key.
   *
   * @throws IOException that names the file that is missing or bad
   */
  static TlsContext load(TlsSettings settings, Natives natives) throws IOException {
    PemFiles files = PemFiles.read(settings);
    try {
      SslContext context =
          SslContextBuilder.forServer(new OwnCertificate(files))
              .sslProvider(natives.sslProvider())
              .protocols(PROTOCOLS)
              .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .build();
      return new TlsContext(context, serverEndPoint(files.chain().getFirst()));
    } catch (SSLException | IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          "TLS certificate " + settings.certificateChain() + " cannot be used: " + e.getMessage(),
          e);
    }
  }

  /**
   * Channel binding data (RFC 5929 §4.1): the certificate's hash by the hash function of its
   * signature, SHA-256 in place of MD5 and SHA-1. Where the signature has no hash of its own
   * (EdDSA, for which the RFC says nothing) SHA-256 is taken.
   */
  static byte[] serverEndPoint(X509Certificate certificate) throws GeneralSecurityException {
    return MessageDigest.getInstance(hashOfSignature(certificate)).digest(certificate.getEncoded());
  }

  private static String hashOfSignature(X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (algorithm.equals("RSASSA-PSS") && certificate.getSigAlgParams() != null) {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      try {
        parameters.init(certificate.getSigAlgParams());
        String hash = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        return hash.equals(MGF1ParameterSpec.SHA1.getDigestAlgorithm()) ? "SHA-256" : hash;
      } catch (IOException e) {
        throw new GeneralSecurityException("bad RSASSA-PSS parameters", e);
      }
    }
    Matcher matcher = HASH_OF_ALGORITHM.matcher(algorithm);
    if (!matcher.matches() || matcher.group(2).equals("1")) {
      return "SHA-256";
    }
    return (matcher.group(1).equals("SHA3-") ? "SHA3-" : "SHA-") + matcher.group(2);
  }

  /** A handler that shakes hands as soon as it is in the pipeline of an active channel. */
  SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
    SslHandler handler = context.newHandler(allocator);
    handler.setHandshakeTimeoutMillis(Math.max(1, handshakeTimeout.toMillis()));
    return handler;
  }

  /** What the finished handshake came to. */
  TlsSession session(SSLSession session) {
    return new TlsSession(
        session.getProtocol(), session.getCipherSuite(), serverEndPoint, exporter(session));
  }

  private static byte @Nullable [] exporter(SSLSession session) {
    // RFC 9266 §4: with TLS 1.2 only under conditions that clients seldom meet
    if (!session.getProtocol().equals("TLSv1.3")
        || !(session instanceof ExtendedSSLSession extended)) {
      return null;
    }
    try {
      return extended.exportKeyingMaterialData(EXPORTER_LABEL, new byte[0], EXPORTER_OCTETS);
    } catch (SSLException | UnsupportedOperationException e) {
      return null; // BoringSSL's session
    }
  }

  void retain() {
    ReferenceCountUtil.retain(context);
  }

  void release() {
    ReferenceCountUtil.release(context);
  }
}
