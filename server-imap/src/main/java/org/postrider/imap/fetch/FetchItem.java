package org.postrider.imap.fetch;

import org.jspecify.annotations.Nullable;
import org.postrider.imap.response.ResponseBuffer;

/**
 * A data item of FETCH (RFC 3501 §6.4.5, RFC 3516 §4.2, RFC 7162 §3.1.4.2, RFC 8474 §5.3, RFC 8514
 * §4.2, RFC 8970 §3).
 */
public sealed interface FetchItem {
  /** Items without arguments. */
  enum Plain implements FetchItem {
    UID,
    FLAGS,
    INTERNALDATE,
    RFC822_SIZE,
    ENVELOPE,
    BODY,
    BODYSTRUCTURE,
    MODSEQ,
    SAVEDATE,
    PREVIEW,
    EMAILID,
    THREADID
  }

  /**
   * Octets of the message.
   *
   * @param label how the client called it, or null for {@code BODY[...]}
   * @param peek whether {@code \Seen} is left alone
   * @param partial which octets of it, or null for all
   */
  record Octets(@Nullable String label, Section section, boolean peek, @Nullable Partial partial)
      implements FetchItem {
    /** Appends the item's name in the response. */
    void append(ResponseBuffer out) {
      if (label != null) {
        out.ascii(label);
        return;
      }
      out.ascii("BODY");
      section.append(out);
      if (partial != null) {
        out.character('<').number(partial.offset).character('>');
      }
    }
  }

  /**
   * Octets of a part without its transfer encoding.
   *
   * @param section of kind ALL
   * @param peek whether {@code \Seen} is left alone
   * @param partial which of the decoded octets, or null for all
   */
  record Binary(Section section, boolean peek, @Nullable Partial partial) implements FetchItem {
    /** Appends the item's name in the response. */
    void append(ResponseBuffer out) {
      out.ascii("BINARY");
      section.append(out);
      if (partial != null) {
        out.character('<').number(partial.offset).character('>');
      }
    }
  }

  /**
   * How many octets of a part there are without its transfer encoding.
   *
   * @param section of kind ALL
   */
  record BinarySize(Section section) implements FetchItem {}

  /**
   * {@code <offset.length>}.
   *
   * @param length at least 1
   */
  record Partial(long offset, long length) {}
}
