package org.postrider.message;

import java.io.InputStream;
import java.util.Locale;

/** Content-Transfer-Encoding (RFC 2045 §6). */
public final class TransferEncoding {
  private TransferEncoding() {}

  /**
   * The octets that were encoded. Octets that do not belong in the encoding are skipped; an unknown
   * encoding is taken for none.
   *
   * @param encoding the field's value in any case, for instance {@code base64}
   */
  public static InputStream decode(InputStream encoded, String encoding) {
    return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
      case "base64" -> new Base64Stream(encoded);
      case "quoted-printable" -> new QuotedPrintableStream(encoded);
      default -> encoded;
    };
  }
}
