package org.postrider.wire;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** The certificate a fresh installation starts with. */
public final class SelfSignedCertificate {
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
    NewCertificate made = NewCertificate.make(names);
    write(key, made.key());
    write(certificate, made.certificate());
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
