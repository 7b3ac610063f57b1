package org.postrider.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message identifier (RFC 5322 §3.6.4).
 *
 * @param value without its angle brackets and without space
 */
public record MessageId(String value) {
  /** Identifiers of a References field; the rest is left out. */
  private static final int IDS_MAX = 1_000;

  /**
   * The identifiers of a Message-ID, In-Reply-To or References field in order. Never fails: what is
   * not between angle brackets is passed over, unless there are none and the value is one word.
   */
  public static List<MessageId> parseAll(String value) {
    List<MessageId> ids = new ArrayList<>(2);
    int open = value.indexOf('<');
    while (open >= 0 && ids.size() < IDS_MAX) {
      int close = open + 1;
      while (close < value.length() && value.charAt(close) != '>' && value.charAt(close) != '<') {
        close++;
      }
      if (close < value.length() && value.charAt(close) == '>') {
        String id = withoutSpace(value.substring(open + 1, close));
        if (!id.isEmpty()) {
          ids.add(new MessageId(id));
        }
      }
      open = value.indexOf('<', close);
    }
    String word = value.strip();
    if (ids.isEmpty() && !word.isEmpty() && withoutSpace(word).equals(word)) {
      String id = word.replace("<", "").replace(">", "");
      if (!id.isEmpty()) {
        ids.add(new MessageId(id));
      }
    }
    return List.copyOf(ids);
  }

  /** The first identifier of a value. */
  public static Optional<MessageId> parse(String value) {
    return parseAll(value).stream().findFirst();
  }

  private static String withoutSpace(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\t') {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  /** With angle brackets, as it stands in a field. */
  @Override
  public String toString() {
    return '<' + value + '>';
  }
}
