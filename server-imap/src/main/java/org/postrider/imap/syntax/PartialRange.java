package org.postrider.imap.syntax;

/**
 * A range of results, counted from the first one or, with a minus, from the last one (RFC 9394
 * §3.1).
 *
 * @param first as written, never 0
 * @param last as written, of the same sign
 */
public record PartialRange(long first, long last) {
  /** Two numbers with a colon between. */
  public static PartialRange parse(ImapReader in) throws ImapSyntaxException {
    boolean fromEnd = in.accept('-');
    long first = in.nonZeroNumber();
    in.expect(':');
    if (fromEnd) {
      in.expect('-');
    }
    long last = in.nonZeroNumber();
    return fromEnd ? new PartialRange(-first, -last) : new PartialRange(first, last);
  }

  /** The index of its first result, of that many; not above {@link #to}. */
  public int from(int count) {
    long from = first > 0 ? Math.min(first, last) - 1 : count + Math.min(first, last);
    return Math.clamp(from, 0, count);
  }

  /** The index after its last result. */
  public int to(int count) {
    long to = first > 0 ? Math.max(first, last) : count + Math.max(first, last) + 1;
    return Math.clamp(to, 0, count);
  }

  /** The range as it is written in IMAP. */
  @Override
  public String toString() {
    return first + ":" + last;
  }
}
