package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.fetch.FetchResponder;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.response.ResultItem;
import org.postrider.imap.response.ResultItem.Run;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.SearchEvaluator;
import org.postrider.imap.search.SearchKey;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.UpdatedResult;
import org.postrider.imap.sort.SortOrder;
import org.postrider.imap.sort.SortProgram;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.MessageEntry;

/**
 * A search that is looked at again when messages change: only those that changed are judged. What a
 * message is sorted by never changes, so what stays in a sorted result keeps its order.
 */
final class UpdatedSearch implements UpdatedResult {
  private final ImapSession session;
  private final MailboxView view;
  private final SearchKey key;
  private final @Nullable SortProgram program;
  private final String tag;
  private final Untagged.@Nullable Source source;
  private final @Nullable FetchItems items;
  private final boolean uid;

  /** UIDs in the order of the result. */
  private long[] result;

  /**
   * @param key without sequence numbers
   * @param program null for mailbox order
   * @param source as in the responses to the command
   * @param items what is told of new messages that enter the result (RFC 5465 §7), or null
   */
  UpdatedSearch(
      ImapSession session,
      SearchKey key,
      @Nullable SortProgram program,
      Untagged.@Nullable Source source,
      @Nullable FetchItems items,
      SearchResult found) {
    this.session = session;
    this.view = session.view();
    this.key = key;
    this.program = program;
    this.tag = session.tag();
    this.source = source;
    this.items = items;
    this.uid = found.isUid();
    this.result = found.uids();
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public void expunged(long[] uids, ResponseWriter writer) throws IOException {
    Set<Long> gone = setOf(uids);
    List<ResultItem> news = new ArrayList<>();
    remove(gone, news);
    respond(news, writer);
  }

  @Override
  public void changed(long[] uids, long[] arrived, ResponseWriter writer) throws IOException {
    Set<Long> matching = matching(uids);
    Set<Long> leaving = setOf(uids);
    leaving.removeAll(matching);
    List<ResultItem> news = new ArrayList<>();
    remove(leaving, news);
    matching.removeAll(setOf(result));
    if (!matching.isEmpty()) {
      tellArrivals(Arrays.stream(arrived).filter(matching::contains).toArray());
      add(matching, news);
    }
    respond(news, writer);
  }

  /** RFC 5465 §7: before the ESEARCH response. */
  private void tellArrivals(long[] uids) throws IOException {
    if (items != null && uids.length > 0) {
      new FetchResponder(session, items.with(false, session.isCondstore()), 0)
          .respond(IndexRanges.of(uids, view.uids()));
    }
  }

  private static Set<Long> setOf(long[] uids) {
    return Arrays.stream(uids).boxed().collect(Collectors.toCollection(HashSet::new));
  }

  /** Those among the UIDs that match now. */
  private Set<Long> matching(long[] uids) throws IOException {
    Set<Long> matching = new HashSet<>();
    SequenceSet some = SequenceSet.ofUids(IndexRanges.of(uids, view.uids()), view.uids());
    SearchKey narrowed = new SearchKey.And(List.of(new SearchKey.Uids(some), key));
    new SearchEvaluator(
            session.store(),
            view,
            session.clock().millis(),
            narrowed,
            (index, entry, score) -> matching.add(entry.uid()))
        .run();
    return matching;
  }

  private void remove(Set<Long> leaving, List<ResultItem> news) {
    long[] before = result;
    long[] kept = Arrays.stream(before).filter(each -> !leaving.contains(each)).toArray();
    if (kept.length < before.length) {
      // Each removal shifts the positions of those that follow (RFC 5267 §4.3.4).
      news.add(new ResultItem.Update("REMOVEFROM", runs(before, leaving, false)));
      result = kept;
    }
  }

  private void add(Set<Long> entering, List<ResultItem> news) throws IOException {
    long[] both =
        LongStream.concat(Arrays.stream(result), entering.stream().mapToLong(Long::longValue))
            .sorted()
            .toArray();
    result = program == null ? both : sorted(both, program);
    news.add(new ResultItem.Update("ADDTO", runs(result, entering, true)));
  }

  private long[] sorted(long[] uids, SortProgram by) throws IOException {
    List<MessageEntry> entries = session.messages().entries(view.mailbox(), uids);
    SortOrder order =
        new SortOrder(
            entries,
            by.needsContents()
                ? session.messageFields().sortFields(entries, new ArrayList<>())
                : List.of(),
            List.of());
    return Arrays.stream(order.by(by)).mapToLong(i -> entries.get(i).uid()).toArray();
  }

  /**
   * Those of {@code some} that stand in {@code all}, as runs.
   *
   * @param stay whether the positions count those that are told before
   */
  private List<Run> runs(long[] all, Set<Long> some, boolean stay) {
    if (program == null) {
      long[] numbers = Arrays.stream(all).filter(some::contains).map(this::number).toArray();
      return List.of(new Run(0, numbers));
    }
    List<Run> runs = new ArrayList<>();
    int told = 0;
    for (int i = 0; i < all.length; i++) {
      int from = i;
      while (i < all.length && some.contains(all[i])) {
        i++;
      }
      if (i > from) {
        long[] numbers = Arrays.stream(all, from, i).map(this::number).toArray();
        runs.add(new Run(from + 1L - (stay ? 0 : told), numbers));
        told += numbers.length;
      }
    }
    return runs;
  }

  private long number(long each) {
    return uid ? each : view.indexOf(each) + 1L;
  }

  private void respond(List<ResultItem> news, ResponseWriter writer) throws IOException {
    if (!news.isEmpty()) {
      writer.untagged(new Untagged.ESearch(tag, source, uid, news));
    }
  }
}
