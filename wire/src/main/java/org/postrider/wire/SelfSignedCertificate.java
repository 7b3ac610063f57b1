package org.postrider.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes the certificate a fresh installation starts with. */
public final class SelfSignedCertificate {
  private SelfSignedCertificate() {}

  /**
   * Makes {@code certificate.pem} and {@code key.pem} (mode 0600, EC P-256, 10 years) in the
   * directory unless both are there already.
   *
   * @param names host names and IP addresses for subjectAltName, the first one is the common name
   */
  public static TlsSettings ensure(Path directory, List<String> names) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** SHA-256 fingerprint of the first certificate, in hex pairs with colons. */
  public static String fingerprint(TlsSettings settings) throws IOException {
    throw new UnsupportedOperationException();
  }
}
