package org.postrider.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its key, read from PEM files and proved to belong together.
 *
 * @param chain the server's certificate first
 */
record PemFiles(List<X509Certificate> chain, PrivateKey key) {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----"; // RFC 7468 §10
  private static final String END = "-----END PRIVATE KEY-----";

  /**
   * @throws IOException that names the file that is missing or bad
   */
  static PemFiles read(TlsSettings settings) throws IOException {
    List<X509Certificate> chain = chain(settings.certificateChain());
    byte[] pkcs8 = pkcs8(settings.privateKey());
    PublicKey publicKey = chain.getFirst().getPublicKey();
    try {
      PrivateKey key =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      if (matches(publicKey, key, pkcs8)) {
        return new PemFiles(chain, key);
      }
    } catch (GeneralSecurityException e) {
      throw notTheKey(settings, e);
    }
    throw notTheKey(settings, null);
  }

  private static IOException notTheKey(TlsSettings settings, @Nullable Exception cause) {
    return new IOException(
        settings.privateKey() + " is not the key of " + settings.certificateChain(), cause);
  }

  /** PKCS#8, or what the older forms of OpenSSL come to as PKCS#8; not encrypted. */
  private static byte[] pkcs8(Path file) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      int begin = text.indexOf(BEGIN);
      int end = text.indexOf(END);
      return begin >= 0 && end > begin
          ? Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end))
          : OlderKeyForm.pkcs8(file, text);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no TLS key " + file, e);
    } catch (IllegalArgumentException e) {
      throw new IOException("no key can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whether they are a pair. An EC key usually carries its public key (RFC 5915 §3): where it does,
   * that is compared, for a signature by cold code would take half of the time of a start.
   */
  private static boolean matches(PublicKey publicKey, PrivateKey key, byte[] pkcs8)
      throws GeneralSecurityException {
    if (publicKey instanceof RSAKey one && key instanceof RSAKey other) {
      return one.getModulus().equals(other.getModulus());
    }
    if (publicKey instanceof ECPublicKey point && endsWith(pkcs8, uncompressed(point))) {
      return true;
    }
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm(); // EdDSA
        };
    byte[] text = algorithm.getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(text);
    return signature.verify(signed);
  }

  /** The point as it ends X.509's and RFC 5915's forms (SEC 1 §2.3.3), without compression. */
  private static byte[] uncompressed(ECPublicKey key) {
    int octets = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 1 - 2 * octets, encoded.length);
  }

  private static boolean endsWith(byte[] octets, byte[] end) {
    int from = octets.length - end.length;
    return from >= 0 && Arrays.equals(octets, from, octets.length, end, 0, end.length);
  }

  static List<X509Certificate> chain(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (chain.isEmpty()) {
        throw new IOException("there is no certificate in " + file);
      }
      return chain;
    } catch (GeneralSecurityException e) {
      throw new IOException("no certificate can be read from " + file + ": " + e.getMessage(), e);
    }
  }
}
