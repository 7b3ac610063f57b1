package org.postrider.wire;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
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
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A key and a certificate that it signed itself, as PEM texts. Only this class and {@link
 * OlderKeyForm} need Bouncy Castle, whose signed jars take longer to load than all else at a start.
 *
 * @param key PKCS#8, with the public key in it
 */
record NewCertificate(String key, String certificate) {
  private static final String CURVE = "secp256r1";
  private static final int CURVE_BITS = 256;
  private static final int YEARS = 10;
  private static final int SERIAL_BITS = 120;
  private static final int COMMON_NAME_MAX = 64; // RFC 5280 appendix A.1, ub-common-name

  /**
   * Makes a key (EC P-256) and its certificate (10 years).
   *
   * @param names host names and IP addresses for subjectAltName, the first one is the common name
   */
  static NewCertificate make(List<String> names) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      KeyPair pair = generator.generateKeyPair();
      return new NewCertificate(pem(privateKey(pair)), pem(certificate(pair, names)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    }
  }

  /** With the public key (RFC 5915 §3), so that {@link PemFiles} sees at once that they match. */
  private static PKCS8Generator privateKey(KeyPair pair) throws IOException {
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
    BigInteger number = ((ECPrivateKey) pair.getPrivate()).getS();
    return new PKCS8Generator(
        new PrivateKeyInfo(
            info.getAlgorithm(),
            new org.bouncycastle.asn1.sec.ECPrivateKey(
                CURVE_BITS, number, info.getPublicKeyData(), null)),
        null);
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
        names.stream().map(NewCertificate::generalName).toArray(GeneralName[]::new);
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
}
