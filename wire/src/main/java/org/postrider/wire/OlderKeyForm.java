package org.postrider.wire;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Private keys in the forms that OpenSSL wrote before PKCS#8. */
final class OlderKeyForm {
  private OlderKeyForm() {}

  /**
   * The first unencrypted key of a PEM text, as PKCS#8.
   *
   * @param file where the text is from
   * @throws IOException that names the file
   */
  static byte[] pkcs8(Path file, String text) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PrivateKeyInfo info) {
          return info.getEncoded();
        }
        if (object instanceof PEMKeyPair pair) {
          return pair.getPrivateKeyInfo().getEncoded();
        }
      }
    } catch (RuntimeException e) { // of the parser, for what is not ASN.1
      throw new IOException("no key can be read from " + file + ": " + e.getMessage(), e);
    }
    throw new IOException("there is no unencrypted private key in " + file);
  }
}
