package org.postrider.imap.search;

import java.time.LocalDate;
import java.util.List;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.SystemFlag;

/**
 * A search key (RFC 3501 §6.4.4, RFC 7162 §3.1.5, RFC 8474 §5.4, RFC 8514 §4.3); what is derived is
 * parsed into its parts.
 */
public sealed interface SearchKey {
  /** Every message. */
  record All() implements SearchKey {}

  /** All of several keys; they are tried in order. */
  record And(List<SearchKey> keys) implements SearchKey {}

  record Or(SearchKey left, SearchKey right) implements SearchKey {}

  record Not(SearchKey key) implements SearchKey {}

  /** Messages with that system flag. */
  record Flag(SystemFlag flag) implements SearchKey {}

  record Keyword(String name) implements SearchKey {}

  record Recent() implements SearchKey {}

  record Numbers(SequenceSet set) implements SearchKey {}

  record Uids(SequenceSet set) implements SearchKey {}

  /** How a date is compared, without regard to time and zone. */
  enum DateOrder {
    BEFORE,
    ON,
    SINCE
  }

  /** Compares the internal date, in UTC. */
  record InternalDate(DateOrder order, LocalDate date) implements SearchKey {}

  /** Compares the time of arrival in the mailbox, in UTC. */
  record SaveDate(DateOrder order, LocalDate date) implements SearchKey {}

  /** Messages with that EMAILID. */
  record EmailId(String id) implements SearchKey {}

  /** Messages with that THREADID. */
  record ThreadId(String id) implements SearchKey {}

  /** Compares the Date field as the sender wrote it. */
  record SentDate(DateOrder order, LocalDate date) implements SearchKey {}

  record Larger(long octets) implements SearchKey {}

  record Smaller(long octets) implements SearchKey {}

  /**
   * A text in a header field.
   *
   * @param text folded; empty for any message that has the field
   */
  record HeaderText(String field, String text) implements SearchKey {}

  /**
   * A text in the body.
   *
   * @param text folded
   */
  record BodyText(String text) implements SearchKey {}

  /**
   * A text in header or body.
   *
   * @param text folded
   */
  record AnyText(String text) implements SearchKey {}

  /** Messages with that MODSEQ or a greater one. */
  record ModSeqFrom(long modSeq) implements SearchKey {}
}
