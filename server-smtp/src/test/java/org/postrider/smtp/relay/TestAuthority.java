package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.postrider.wire.TlsSettings;

/** An authority that gives certificates to hosts of tests. */
final class TestAuthority {
  private static final X500Name NAME = new X500Name("CN=test authority");

  private final Path directory;
  private final KeyPair keys = newKeys();
  private final X509Certificate certificate;
  private int serial = 1;

  TestAuthority(Path directory) throws IOException {
    this.directory = directory;
    this.certificate = sign(NAME, keys, new BasicConstraints(true), List.of());
    Files.writeString(file(), pem(certificate));
  }

  /** Its certificate in PEM form. */
  Path file() {
    return directory.resolve("authority.pem");
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** A host's certificate with its chain. */
  record Host(List<X509Certificate> chain, KeyPair keys, TlsSettings files) {
    X509Certificate certificate() {
      return chain.getFirst();
    }

    /** For a server that is the host. */
    SSLContext context() throws IOException {
      try {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        char[] password = {};
        store.setKeyEntry(
            "host", keys.getPrivate(), password, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
    }
  }

  /** Gives a certificate for those names. */
  Host host(String... names) throws IOException {
    KeyPair pair = newKeys();
    X509Certificate made =
        sign(
            new X500Name("CN=" + names[0]),
            pair,
            new BasicConstraints(false),
            Stream.of(names).map(name -> new GeneralName(GeneralName.dNSName, name)).toList());
    Path chain = directory.resolve(names[0] + ".pem");
    Path key = directory.resolve(names[0] + ".key");
    Files.writeString(chain, pem(made) + pem(certificate));
    Files.writeString(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null)));
    return new Host(List.of(made, certificate), pair, new TlsSettings(chain, key));
  }

  private X509Certificate sign(
      X500Name subject, KeyPair pair, BasicConstraints constraints, List<GeneralName> names)
      throws IOException {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              BigInteger.valueOf(serial++),
              Date.from(now.minus(1, ChronoUnit.DAYS)),
              Date.from(now.plus(30, ChronoUnit.DAYS)),
              subject,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
