package org.postrider.imap.sort;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
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
      case ARRIVAL -> Comparator.comparingLong(i -> entries.get(i).internalDate());
      case SIZE -> Comparator.comparingLong(i -> entries.get(i).size());
      case RELEVANCY -> Comparator.comparingInt(i -> -scores.get(i));
      case DATE ->
          Comparator.comparingLong(i -> fields.get(i).sentDate(entries.get(i).internalDate()));
      case SUBJECT -> text(i -> fields.get(i).subject());
      case FROM -> text(i -> fields.get(i).from());
      case TO -> text(i -> fields.get(i).to());
      case CC -> text(i -> fields.get(i).cc());
      case DISPLAYFROM -> text(i -> fields.get(i).displayFrom());
      case DISPLAYTO -> text(i -> fields.get(i).displayTo());
    };
  }

  private static Comparator<Integer> text(IntFunction<String> text) {
    return (a, b) -> UnicodeCasemap.compare(text.apply(a), text.apply(b));
  }
}
