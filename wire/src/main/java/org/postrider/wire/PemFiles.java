package org.postrider.wire;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
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
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its key, read from PEM files and proved to belong together.
 *
 * @param chain the server's certificate first
 */
record PemFiles(List<X509Certificate> chain, PrivateKey key) {

  /**
   * @throws IOException that names the file that is missing or bad
   */
  static PemFiles read(TlsSettings settings) throws IOException {
    List<X509Certificate> chain = chain(settings.certificateChain());
    PrivateKeyInfo info = keyInfo(settings.privateKey());
    PublicKey publicKey = chain.getFirst().getPublicKey();
    try {
      PrivateKey key =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
      if (matches(publicKey, key)) {
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

  /** PKCS#8, or the older forms of OpenSSL; not encrypted. */
  private static PrivateKeyInfo keyInfo(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
        PEMParser parser = new PEMParser(reader)) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PrivateKeyInfo info) {
          return info;
        }
        if (object instanceof PEMKeyPair pair) {
          return pair.getPrivateKeyInfo();
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException("there is no TLS key " + file, e);
    } catch (RuntimeException e) { // of the parser, for what is not ASN.1
      throw new IOException("no key can be read from " + file + ": " + e.getMessage(), e);
    }
    throw new IOException("there is no unencrypted private key in " + file);
  }

  private static boolean matches(PublicKey publicKey, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
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
