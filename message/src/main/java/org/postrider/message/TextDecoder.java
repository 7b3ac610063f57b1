package org.postrider.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;

/**
 * Octets to text, whatever the charset is said to be. Never fails: a charset that is missing,
 * unknown or US-ASCII means UTF-8 where the octets are that, windows-1252 otherwise; malformed
 * octets become U+FFFD.
 */
public final class TextDecoder {
  /** How much of a stream without charset is looked at to find out what it is. */
  private static final int PROBE_OCTETS = 8 << 10;

  private static final Charset WINDOWS_1252 =
      Charset.isSupported("windows-1252")
          ? Charset.forName("windows-1252")
          : StandardCharsets.ISO_8859_1;

  private TextDecoder() {}

  /**
   * The charset of a MIME label; empty when it says nothing useful. Labels that are used for more
   * than they name mean the greater set, as they do in browsers.
   */
  public static Optional<Charset> charset(String label) {
    String name = label.strip().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "8bit" ->
          Optional.empty();
      case "utf-8", "utf8" -> Optional.of(UTF_8);
      case "iso-8859-1", "latin1", "iso8859-1" -> Optional.of(WINDOWS_1252);
      case "gb2312", "gbk", "x-gbk" -> lookup("GB18030").or(() -> lookup(name));
      case "ks_c_5601-1987", "euc-kr" -> lookup("x-windows-949").or(() -> lookup(name));
      case "shift_jis", "x-sjis" -> lookup("windows-31j").or(() -> lookup(name));
      case "iso-8859-8-i", "iso-8859-8-e" -> lookup("iso-8859-8");
      case "cp-850" -> lookup("cp850");
      default -> lookup(name.startsWith("cp-125") ? "windows-" + name.substring(3) : name);
    };
  }

  private static Optional<Charset> lookup(String name) {
    try {
      Charset charset = Charset.forName(name);
      return charset.equals(US_ASCII) ? Optional.empty() : Optional.of(charset);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return Optional.empty();
    }
  }

  /** The text of octets whose charset has that MIME label, which may be empty. */
  public static String decode(byte[] octets, String label) {
    Optional<Charset> charset = charset(label);
    return charset.isPresent() ? new String(octets, charset.get()) : utf8Or(octets, WINDOWS_1252);
  }

  /** Like {@link #decode} for octets that may end inside a character. */
  static String decodeStart(byte[] octets, String label) {
    return new String(
        octets, charset(label).orElseGet(() -> beginsAsUtf8(octets) ? UTF_8 : WINDOWS_1252));
  }

  /**
   * A reader of the text of a part.
   *
   * @param body the part's body as it stands in the message
   * @throws IOException when {@code body} cannot be read
   */
  public static Reader reader(InputStream body, MimePart part) throws IOException {
    InputStream octets = TransferEncoding.decode(body, part.encoding());
    Optional<Charset> charset = charset(part.parameter("charset").orElse(""));
    if (charset.isPresent()) {
      return new InputStreamReader(octets, charset.get());
    }
    byte[] probe = octets.readNBytes(PROBE_OCTETS);
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(probe), octets);
    return new InputStreamReader(whole, beginsAsUtf8(probe) ? UTF_8 : WINDOWS_1252);
  }

  /** Whether the octets are UTF-8, the last character of which may be cut. */
  private static boolean beginsAsUtf8(byte[] octets) {
    CoderResult result =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(octets), CharBuffer.allocate(octets.length), false);
    return !result.isError();
  }

  /** UTF-8 if the octets are that, the other charset if not. */
  static String utf8Or(byte[] octets, Charset other) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException notUtf8) {
      return new String(octets, other);
    }
  }
}
