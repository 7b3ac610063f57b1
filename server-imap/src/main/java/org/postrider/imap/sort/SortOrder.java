package org.postrider.imap.sort;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.content.SortFields;
import org.postrider.imap.sort.SortProgram.Criterion;
import org.postrider.storage.MessageEntry;

/** Puts messages in order; those that no criterion tells apart stay as they are. */
public final class SortOrder {
  private final List<MessageEntry> entries;
  private final List<SortFields> fields;
  private final List<Integer> scores;

  /**
   * @param entries in mailbox order
   * @param fields those of each entry; of no use where the program needs no contents
   * @param scores those of each entry; of no use where the program does not use relevancy
   */
  public SortOrder(List<MessageEntry> entries, List<SortFields> fields, List<Integer> scores) {
    this.entries = entries;
    this.fields = fields;
    this.scores = scores;
  }

  /** The indexes of the entries in their new order. */
  public int[] by(SortProgram program) {
    Integer[] order = new Integer[entries.size()];
    Arrays.setAll(order, i -> i);
    program.criteria().stream()
        .map(this::comparator)
        .reduce(Comparator::thenComparing)
        .ifPresent(comparator -> Arrays.sort(order, comparator));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  private Comparator<Integer> comparator(Criterion criterion) {
    Comparator<Integer> ascending = ascending(criterion.key());
    return criterion.reverse() ? ascending.reversed() : ascending;
  }

  private Comparator<Integer> ascending(SortProgram.Key key) {
    return switch (key) {
      case ARRIVAL -> numbers(i -> entries.get(i).internalDate());
      case SIZE -> numbers(i -> entries.get(i).size());
      case RELEVANCY -> numbers(i -> -scores.get(i));
      case DATE -> numbers(i -> fields.get(i).sentDate(entries.get(i).internalDate()));
      case SUBJECT -> texts(SortFields::subject);
      case FROM -> texts(SortFields::from);
      case TO -> texts(SortFields::to);
      case CC -> texts(SortFields::cc);
      case DISPLAYFROM -> texts(SortFields::displayFrom);
      case DISPLAYTO -> texts(SortFields::displayTo);
    };
  }

  /** What is compared is looked up once for each message, not for each comparison. */
  private Comparator<Integer> numbers(IntToLongFunction number) {
    long[] numbers = new long[entries.size()];
    Arrays.setAll(numbers, number);
    return (a, b) -> Long.compare(numbers[a], numbers[b]);
  }

  private Comparator<Integer> texts(Function<SortFields, String> text) {
    byte[][] keys = new byte[fields.size()][];
    Arrays.setAll(keys, i -> UnicodeCasemap.key(text.apply(fields.get(i))));
    return (a, b) -> Arrays.compareUnsigned(keys[a], keys[b]);
  }
}
