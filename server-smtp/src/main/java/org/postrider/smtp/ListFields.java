package org.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.postrider.message.DomainName;
import org.postrider.message.Header;
import org.postrider.storage.Alias.Posting;
import org.postrider.storage.Group;

/** The fields by which mail to a group is known as that of a mailing list. */
final class ListFields {
  /** What another list has said of itself: there may be one of each only (RFC 2369 §2). */
  static final List<String> REPLACED =
      List.of(
          "List-Id",
          "List-Post",
          "List-Help",
          "List-Unsubscribe",
          "List-Unsubscribe-Post",
          "List-Subscribe",
          "List-Owner",
          "List-Archive",
          "Precedence");

  private final Group group;

  ListFields(Group group) {
    this.group = group;
  }

  /** With their line ends. */
  String text() {
    String post = group.posting() == Posting.OWNER ? "NO" : "<mailto:" + url(group.address()) + ">";
    return "List-Id: " + id() + "\r\nList-Post: " + post + "\r\nPrecedence: list\r\n";
  }

  /**
   * RFC 2919 §2: the label and the name space, separated by a dot, of letters that a domain has.
   */
  private String id() {
    int at = group.address().lastIndexOf('@');
    String label = group.address().substring(0, at).replaceAll("[^A-Za-z0-9.-]", "_");
    String domain = group.address().substring(at + 1);
    return "<" + label + "." + DomainName.toAscii(domain).orElse(domain) + ">";
  }

  /** RFC 6068 §2. */
  private static String url(String address) {
    StringBuilder url = new StringBuilder();
    for (byte octet : address.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "@.-_~".indexOf(c) >= 0);
      url.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return url.toString();
  }

  /** Whether a message was sent to this list already, and comes back from one of its members. */
  boolean stand(Header header) {
    String id = id();
    return header.all("List-Id").stream()
        .anyMatch(
            value -> value.regionMatches(true, value.length() - id.length(), id, 0, id.length()));
  }
}
