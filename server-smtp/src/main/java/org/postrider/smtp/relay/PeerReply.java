package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reply of another server (RFC 5321 §4.2).
 *
 * @param code three digits
 * @param lines what follows the code in each line; one at least
 */
record PeerReply(int code, List<String> lines) {
  /** RFC 5321 §4.5.3.1.5 says 512; servers are known to write more. */
  private static final int LINE_MAX = 4096;

  private static final int LINES_MAX = 200;
  private static final Pattern ENHANCED = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?: .*|$)");

  /**
   * Reads a reply.
   *
   * @throws IOException when the connection ends, or what comes is no reply
   */
  static PeerReply read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    int code = 0;
    while (true) {
      String line = readLine(in);
      if (line.length() < 3
          || !line.chars().limit(3).allMatch(c -> c >= '0' && c <= '9')
          || (line.length() > 3 && line.charAt(3) != ' ' && line.charAt(3) != '-')) {
        throw new PeerException("the other server speaks no SMTP: " + shown(line));
      }
      int here = Integer.parseInt(line.substring(0, 3));
      if (code != 0 && here != code) {
        throw new PeerException("the other server mixes replies: " + shown(line));
      }
      code = here;
      lines.add(line.length() > 4 ? line.substring(4) : "");
      if (line.length() == 3 || line.charAt(3) == ' ') {
        return new PeerReply(code, List.copyOf(lines));
      }
      if (lines.size() == LINES_MAX) {
        throw new PeerException("the other server's reply does not end");
      }
    }
  }

  private static String readLine(InputStream in) throws IOException {
    byte[] line = new byte[LINE_MAX];
    int length = 0;
    while (true) {
      int octet = in.read();
      if (octet < 0) {
        throw new PeerException("the other server closed the connection");
      }
      if (octet == '\n') {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return new String(line, 0, end, StandardCharsets.UTF_8);
      }
      if (length == LINE_MAX) {
        throw new PeerException("the other server's line does not end");
      }
      line[length++] = (byte) octet;
    }
  }

  /** What can be put into logs and reports. */
  private static String shown(String line) {
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .limit(100)
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }

  boolean isPositive() {
    return code >= 200 && code < 300;
  }

  boolean isPermanent() {
    return code >= 500 && code < 600;
  }

  /** Not now: the connection ends with it (RFC 5321 §3.8). */
  boolean isClosing() {
    return code == 421;
  }

  /** The enhanced status code (RFC 3463), or the one that stands for the reply's class. */
  String status() {
    Matcher matcher = ENHANCED.matcher(lines.getFirst());
    int kind = isPositive() ? 2 : isPermanent() ? 5 : 4;
    return matcher.matches() && matcher.group(1).charAt(0) == '0' + kind
        ? matcher.group(1)
        : kind + ".0.0";
  }

  /** One line, for logs and reports. */
  @Override
  public String toString() {
    return code + " " + shown(String.join(" ", lines));
  }
}
