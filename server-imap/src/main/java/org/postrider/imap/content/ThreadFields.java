package org.postrider.imap.content;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Header;
import org.postrider.message.MessageId;

/**
 * What messages are threaded by (RFC 5256 §3).
 *
 * @param id the message's own identifier, or null when it has none
 * @param references its ancestors, the eldest first
 */
public record ThreadFields(@Nullable String id, List<String> references) {
  /** Those of a message that cannot be read. */
  public static final ThreadFields NONE = new ThreadFields(null, List.of());

  /** Of more the eldest are left out. */
  private static final int REFERENCES_MAX = 200;

  /** Octets of an object, or of an identifier, without characters. */
  private static final int BASE_OCTETS = 64;

  static ThreadFields of(byte[] header) {
    Header fields = Header.parse(header);
    Optional<String> id = fields.first("Message-ID").flatMap(ThreadFields::first);
    List<String> references =
        fields.all("References").stream()
            .flatMap(value -> MessageId.parseAll(value).stream())
            .map(ThreadFields::normalized)
            .toList();
    if (references.isEmpty()) {
      references = fields.first("In-Reply-To").flatMap(ThreadFields::first).stream().toList();
    }
    int spare = Math.max(0, references.size() - REFERENCES_MAX);
    return new ThreadFields(
        id.orElse(null), List.copyOf(references.subList(spare, references.size())));
  }

  private static Optional<String> first(String value) {
    return MessageId.parse(value).map(ThreadFields::normalized);
  }

  /** Without the quoting that RFC 5256 §3 wants to be no difference. */
  private static String normalized(MessageId id) {
    String value = id.value();
    if (value.indexOf('"') < 0 && value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        plain.append(value.charAt(++i));
      } else if (c != '"') {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** About how much memory it takes. */
  int octets() {
    int octets = BASE_OCTETS + (id == null ? 0 : BASE_OCTETS + id.length());
    for (String reference : references) {
      octets += BASE_OCTETS + reference.length();
    }
    return octets;
  }
}
