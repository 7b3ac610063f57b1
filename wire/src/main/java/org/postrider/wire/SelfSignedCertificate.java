package org.postrider.wire;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes the certificate a fresh installation starts with. */
public final class SelfSignedCertificate {
  private static final int YEARS = 10;
  private static final int SERIAL_BITS = 120;
  private static final int COMMON_NAME_MAX = 64; // RFC 5280 appendix A.1, ub-common-name

  private SelfSignedCertificate() {}

  /**
   * Makes {@code certificate.pem} and {@code key.pem} (mode 0600, EC P-256, 10 years) in the
   * directory unless both are there already. The certificate is put there last; so a lone key is
   * what an interrupted creation left, and is replaced.
   *
   * @param names host names and IP addresses for subjectAltName, the first one is the common name
   * @throws IOException when the files cannot be written, or when there is a certificate without
   *     its key
   */
  public static TlsSettings ensure(Path directory, List<String> names) throws IOException {
    Path certificate = directory.resolve("certificate.pem");
    Path key = directory.resolve("key.pem");
    TlsSettings settings = new TlsSettings(certificate, key);
    if (Files.exists(certificate)) {
      if (!Files.exists(key)) {
        throw new IOException(
            certificate + " has no key: put " + key + " beside it, or remove the certificate");
      }
      return settings;
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a certificate needs a name");
    }
    Files.createDirectories(directory);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X509CertificateHolder made = certificate(pair, names);
      write(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null)));
      write(certificate, pem(made));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    }
    return settings;
  }

  /** SHA-256 fingerprint of the first certificate, in hex pairs with colons. */
  public static String fingerprint(TlsSettings settings) throws IOException {
    try {
      byte[] encoded = PemFiles.chain(settings.certificateChain()).getFirst().getEncoded();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(encoded);
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IOException("no fingerprint of " + settings.certificateChain(), e);
    }
  }

  private static X509CertificateHolder certificate(KeyPair pair, List<String> names)
      throws IOException, OperatorCreationException {
    String first = names.getFirst();
    X500Name subject =
        new X500NameBuilder()
            .addRDN(BCStyle.CN, first.length() <= COMMON_NAME_MAX ? first : "Postrider mail server")
            .build();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    GeneralName[] alternatives =
        names.stream().map(SelfSignedCertificate::generalName).toArray(GeneralName[]::new);
    return new JcaX509v3CertificateBuilder(
            subject,
            new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS),
            Date.from(now.minus(1, ChronoUnit.DAYS)), // for clients whose clock is behind
            Date.from(now.plus(YEARS * 365L, ChronoUnit.DAYS)),
            subject,
            pair.getPublic())
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives))
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
  }

  private static GeneralName generalName(String name) {
    boolean address = NetUtil.createByteArrayFromIpAddressString(name) != null;
    return address
        ? new GeneralName(GeneralName.iPAddress, name)
        : new GeneralName(GeneralName.dNSName, name.toLowerCase(Locale.ROOT));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /** Whole or not at all, readable by the owner only. */
  private static void write(Path target, String text) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, target.getFileName() + ".", ".tmp", owner());
    try {
      Files.writeString(temporary, text, StandardCharsets.US_ASCII);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static FileAttribute<?> owner() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }
}
