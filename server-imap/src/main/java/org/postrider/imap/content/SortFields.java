package org.postrider.imap.content;

import org.jspecify.annotations.Nullable;
import org.postrider.imap.collation.BaseSubject;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.content.EnvelopeReader.EnvelopeAddress;
import org.postrider.message.ContentDigest;
import org.postrider.message.DateTime;
import org.postrider.message.Header;

/**
 * What messages are sorted by, as far as it is in their content (RFC 5256 §3, RFC 5957 §4). Texts
 * are mapped for comparison.
 *
 * @param sentDate epoch milliseconds, or {@link #NO_DATE}
 * @param subject the base subject
 * @param isReply whether the subject says that it is a reply or forwarded
 * @param from local part of the first address
 * @param to as {@code from}
 * @param cc as {@code from}
 * @param displayFrom name of the first address, or else the address
 * @param displayTo as {@code displayFrom}
 */
public record SortFields(
    long sentDate,
    String subject,
    boolean isReply,
    String from,
    String to,
    String cc,
    String displayFrom,
    String displayTo) {
  /** There is no date in the message, or none that can be read. */
  public static final long NO_DATE = Long.MIN_VALUE;

  /** Those of a message that cannot be read. */
  static final SortFields NONE = new SortFields(NO_DATE, "", false, "", "", "", "", "");

  /** Octets of an object with its strings, without their characters. */
  private static final int BASE_OCTETS = 400;

  /**
   * Takes the fields from the digest's ENVELOPE.
   *
   * @throws IllegalArgumentException when the digest is damaged inside
   */
  static SortFields of(ContentDigest digest) {
    EnvelopeReader envelope = new EnvelopeReader(digest.envelope());
    String date = envelope.string();
    String subject = envelope.string();
    EnvelopeAddress from = envelope.addresses();
    envelope.addresses(); // sender
    envelope.addresses(); // reply-to
    EnvelopeAddress to = envelope.addresses();
    EnvelopeAddress cc = envelope.addresses();
    BaseSubject base = BaseSubject.of(subject == null ? "" : Header.decode(subject));
    return new SortFields(
        date == null ? NO_DATE : DateTime.parse(date).map(DateTime::epochMillis).orElse(NO_DATE),
        UnicodeCasemap.map(base.text()),
        base.isReply(),
        mailbox(from),
        mailbox(to),
        mailbox(cc),
        display(from),
        display(to));
  }

  private static String mailbox(@Nullable EnvelopeAddress address) {
    String mailbox = address == null ? null : address.mailbox();
    return mailbox == null ? "" : UnicodeCasemap.map(mailbox);
  }

  /** RFC 5957 §3. */
  private static String display(@Nullable EnvelopeAddress address) {
    if (address == null) {
      return "";
    }
    String name = address.name();
    String decoded = name == null ? "" : Header.decode(name);
    if (!decoded.isEmpty()) {
      return UnicodeCasemap.map(decoded);
    }
    String mailbox = mailbox(address);
    String host = address.host();
    return host == null || mailbox.isEmpty() ? mailbox : mailbox + '@' + UnicodeCasemap.map(host);
  }

  /** The sent date (RFC 5256 §2.2): the internal date where there is none. */
  public long sentDate(long internalDate) {
    return sentDate == NO_DATE ? internalDate : sentDate;
  }

  /** About how much memory it takes. */
  int octets() {
    return BASE_OCTETS
        + subject.length()
        + from.length()
        + to.length()
        + cc.length()
        + displayFrom.length()
        + displayTo.length();
  }
}
