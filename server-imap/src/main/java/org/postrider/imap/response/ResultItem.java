package org.postrider.imap.response;

import java.util.List;

/** A data item of an ESEARCH response (RFC 4731 §3.1). */
public sealed interface ResultItem {
  /** Appends the item, without space before it. */
  void append(ResponseBuffer out);

  /** MIN, MAX, COUNT, MODSEQ. */
  record Figure(String name, long value) implements ResultItem {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(name).character(' ').number(value);
    }
  }

  /**
   * ALL.
   *
   * @param numbers at least one, in the order of the result
   */
  record All(long[] numbers) implements ResultItem {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("ALL ").set(numbers);
    }
  }

  /** Scores of 1 to 100, in the order of the result (RFC 6203 §4). */
  record Relevancy(int[] scores) implements ResultItem {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("RELEVANCY (");
      for (int i = 0; i < scores.length; i++) {
        out.ascii(i == 0 ? "" : " ").number(scores[i]);
      }
      out.character(')');
    }
  }

  /**
   * ADDTO, REMOVEFROM (RFC 5267 §4.3.3, §4.3.4).
   *
   * @param runs at least one
   */
  record Update(String name, List<Run> runs) implements ResultItem {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(name);
      String before = " (";
      for (Run run : runs) {
        out.ascii(before).number(run.position).character(' ').set(run.numbers);
        before = " ";
      }
      out.character(')');
    }
  }

  /**
   * Results that stand one after another.
   *
   * @param position of the first one, from 1; 0 for mailbox order
   */
  record Run(long position, long[] numbers) {}

  /**
   * RFC 9394 §3.1.
   *
   * @param range as the client wrote it
   * @param numbers perhaps none
   */
  record Partial(String range, long[] numbers) implements ResultItem {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("PARTIAL (").ascii(range).character(' ');
      if (numbers.length == 0) {
        out.ascii("NIL");
      } else {
        out.set(numbers);
      }
      out.character(')');
    }
  }
}
