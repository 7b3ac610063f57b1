package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedCertificateTest {
  @TempDir Path directory;

  @Test
  void makesACertificateOnce() throws Exception {
    Path inside = directory.resolve("tls");
    TlsSettings settings =
        SelfSignedCertificate.ensure(inside, List.of("mx.example.org", "192.0.2.1", "::1"));
    X509Certificate certificate = PemFiles.chain(settings.certificateChain()).getFirst();
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=mx.example.org");
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "mx.example.org"), List.of(7, "192.0.2.1"), List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(certificate.getNotAfter().toInstant())
        .isAfter(Instant.now().plus(3640, ChronoUnit.DAYS));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings.privateKey())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(settings.privateKey())).startsWith("-----BEGIN PRIVATE KEY-----");
    String fingerprint = SelfSignedCertificate.fingerprint(settings);
    assertThat(fingerprint).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");

    SelfSignedCertificate.ensure(inside, List.of("other.example.org"));
    assertThat(SelfSignedCertificate.fingerprint(settings)).isEqualTo(fingerprint);
    try (var files = Files.list(inside)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void whatAnInterruptedCreationLeftIsReplaced() throws Exception {
    TlsSettings settings = SelfSignedCertificate.ensure(directory, List.of("mx.example.org"));
    Files.delete(settings.certificateChain());
    SelfSignedCertificate.ensure(directory, List.of("mx.example.org"));
    TlsContext.load(settings, Natives.NONE).release();
  }

  @Test
  void aCertificateWithoutItsKeyIsLeftAlone() throws Exception {
    TlsSettings settings = SelfSignedCertificate.ensure(directory, List.of("mx.example.org"));
    Files.delete(settings.privateKey());
    assertThatThrownBy(() -> SelfSignedCertificate.ensure(directory, List.of("mx.example.org")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("key.pem");
  }

  /** The older form that OpenSSL writes. */
  @Test
  void keysMayBeInOpenSslForm() throws Exception {
    TlsSettings settings = SelfSignedCertificate.ensure(directory, List.of("mx.example.org"));
    StringWriter text = new StringWriter();
    try (JcaPEMWriter out = new JcaPEMWriter(text)) {
      BigInteger key = ((ECPrivateKey) PemFiles.read(settings).key()).getS();
      ASN1Encodable curve = X9ObjectIdentifiers.prime256v1;
      out.writeObject(
          new PemObject(
              "EC PRIVATE KEY",
              new org.bouncycastle.asn1.sec.ECPrivateKey(256, key, curve).getEncoded()));
    }
    assertThat(text.toString()).startsWith("-----BEGIN EC PRIVATE KEY-----");
    Path old = Files.writeString(directory.resolve("old.pem"), text.toString());
    TlsContext.load(new TlsSettings(settings.certificateChain(), old), Natives.available())
        .release();
  }

  @Test
  void missingAndBadFilesAreNamed() throws Exception {
    TlsSettings settings = SelfSignedCertificate.ensure(directory, List.of("mx.example.org"));
    Path bad = Files.writeString(directory.resolve("bad.pem"), "nothing");
    assertThatThrownBy(() ->
            TlsContext.load(
                new TlsSettings(settings.certificateChain(), directory.resolve("no.pem")),
                Natives.available()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no.pem");
    assertThatThrownBy(
            () -> TlsContext.load(new TlsSettings(bad, settings.privateKey()), Natives.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bad.pem");
    assertThatThrownBy(() ->
            TlsContext.load(new TlsSettings(settings.certificateChain(), bad), Natives.available()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bad.pem");
  }
}
