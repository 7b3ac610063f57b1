package org.postrider.imap.search;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.content.ContentBatch.Need;
import org.postrider.imap.content.EntryPages;
import org.postrider.imap.content.ObjectIds;
import org.postrider.imap.search.SearchKey.All;
import org.postrider.imap.search.SearchKey.And;
import org.postrider.imap.search.SearchKey.AnyText;
import org.postrider.imap.search.SearchKey.BodyText;
import org.postrider.imap.search.SearchKey.DateOrder;
import org.postrider.imap.search.SearchKey.EmailId;
import org.postrider.imap.search.SearchKey.Flag;
import org.postrider.imap.search.SearchKey.Fuzzy;
import org.postrider.imap.search.SearchKey.HeaderText;
import org.postrider.imap.search.SearchKey.InternalDate;
import org.postrider.imap.search.SearchKey.Keyword;
import org.postrider.imap.search.SearchKey.Larger;
import org.postrider.imap.search.SearchKey.ModSeqFrom;
import org.postrider.imap.search.SearchKey.Not;
import org.postrider.imap.search.SearchKey.Numbers;
import org.postrider.imap.search.SearchKey.Older;
import org.postrider.imap.search.SearchKey.Or;
import org.postrider.imap.search.SearchKey.Recent;
import org.postrider.imap.search.SearchKey.SaveDate;
import org.postrider.imap.search.SearchKey.SentDate;
import org.postrider.imap.search.SearchKey.Smaller;
import org.postrider.imap.search.SearchKey.ThreadId;
import org.postrider.imap.search.SearchKey.Uids;
import org.postrider.imap.search.SearchKey.Words;
import org.postrider.imap.search.SearchKey.Younger;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.Progress;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.index.ContentFilter;
import org.postrider.storage.index.Needle;
import org.postrider.storage.index.TextIndex;

/**
 * Finds the messages of a view that a key matches. It asks in three rounds, each only of the
 * messages that the one before could not decide: the entry, the header, the body.
 */
public final class SearchEvaluator {
  private static final long DAY = 86_400_000L;

  /** For fewer messages that must be read the index is not asked. */
  private static final int INDEX_MIN = 16;

  /** Texts of a search that the index is asked for. */
  private static final int NEEDLES_MAX = 64;

  /** What a key says of a message, given what is known of it so far. */
  private enum Verdict {
    YES,
    NO,
    /** Header or body must be looked at. */
    OPEN;

    static Verdict of(boolean matches) {
      return matches ? YES : NO;
    }

    Verdict negated() {
      return switch (this) {
        case YES -> NO;
        case NO -> YES;
        case OPEN -> OPEN;
      };
    }
  }

  /**
   * Takes the messages that were found, in order, each with its relevancy of 1 to 100, or 0 where
   * that is not asked for.
   */
  @FunctionalInterface
  public interface Sink {
    void found(int index, MessageEntry entry, int score);
  }

  private final Store store;
  private final MailboxView view;
  private final long now;
  private final SearchKey key;
  private final Sink sink;
  private final IdentityHashMap<SearchKey, ContentFilter> filters = new IdentityHashMap<>();
  private boolean indexAsked;
  private TextIndex index = TextIndex.NONE;
  private final List<Long> damaged = new ArrayList<>();
  private @Nullable Progress progress;
  private long seen;
  private final Map<Long, Integer> scores = new HashMap<>();
  private boolean scored;
  private final Map<SequenceSet, BitSet> byNumber = new HashMap<>();
  private final Map<SequenceSet, BitSet> byUid = new HashMap<>();

  /**
   * @param now epoch milliseconds, for keys that count from it
   */
  public SearchEvaluator(Store store, MailboxView view, long now, SearchKey key, Sink sink) {
    this.store = store;
    this.view = view;
    this.now = now;
    this.key = key;
    this.sink = sink;
  }

  /** Has it told how far the search has come. */
  public SearchEvaluator telling(Progress told) {
    progress = told;
    return this;
  }

  /** Asks for the relevancy of what is found; all of it is read then. */
  public SearchEvaluator scored() {
    scored = true;
    return this;
  }

  /** Asks that index before messages are read. */
  public SearchEvaluator with(TextIndex asked) {
    index = asked;
    return this;
  }

  /** Hands every message that matches to the sink. */
  public void run() throws IOException {
    EntryPages.read(store.messages(), view.mailbox(), view.uids(), candidates(), this::page);
  }

  /** The messages to look at: a set among the keys that must all match spares the others. */
  private IndexRanges candidates() {
    List<SearchKey> required = key instanceof And(List<SearchKey> keys) ? keys : List.of(key);
    for (SearchKey each : required) {
      if (each instanceof Uids(SequenceSet set)) {
        return view.byUid(set);
      }
      if (each instanceof Numbers(SequenceSet set)) {
        return view.byNumberLeniently(set);
      }
    }
    return IndexRanges.all(view.count());
  }

  private void page(List<MessageEntry> entries) throws IOException {
    if (key instanceof All && !scored) {
      for (MessageEntry entry : entries) {
        int index = view.indexOf(entry.uid());
        if (index >= 0) {
          sink.found(index, entry, 0);
        }
      }
      return;
    }
    Set<Long> matching = new HashSet<>();
    List<MessageEntry> open = unread(entries, matching);
    if (open.size() >= INDEX_MIN && !indexAsked) {
      askIndex();
      open = unread(open, matching);
    }
    if (!open.isEmpty()) {
      open = readOn(open, EnumSet.of(Need.HEADER), false, matching);
    }
    if (!open.isEmpty()) {
      readOn(open, EnumSet.of(Need.DIGEST, Need.BYTES), true, matching);
    }
    seen += entries.size();
    for (MessageEntry entry : entries) {
      int index = view.indexOf(entry.uid());
      if (index >= 0 && matching.contains(entry.uid())) {
        sink.found(index, entry, scores.getOrDefault(entry.uid(), 0));
      }
    }
    scores.clear();
  }

  /** Judges entries by what is known without reading messages; returns what is still open. */
  private List<MessageEntry> unread(List<MessageEntry> entries, Set<Long> matching)
      throws IOException {
    List<MessageEntry> open = new ArrayList<>();
    for (MessageEntry entry : entries) {
      if (view.indexOf(entry.uid()) >= 0) {
        Verdict verdict = judge(key, entry, null);
        if (verdict == Verdict.OPEN || (scored && verdict == Verdict.YES)) {
          open.add(entry);
        } else if (verdict == Verdict.YES) {
          matching.add(entry.uid());
        }
      }
    }
    return open;
  }

  /** Asks the index of all texts at once; from then on they are known for all messages. */
  private void askIndex() {
    List<SearchKey> asked = new ArrayList<>();
    List<Needle> needles = new ArrayList<>();
    key.texts((each, needle) -> {
      if (needles.size() < NEEDLES_MAX) {
        asked.add(each);
        needles.add(needle);
      }
    });
    List<ContentFilter> found = index.filters(needles);
    for (int i = 0; i < found.size(); i++) {
      filters.put(asked.get(i), found.get(i));
    }
    indexAsked = true;
  }

  /** Whether the index knows that the text is not in the message. */
  private boolean isRuledOut(SearchKey text, MessageEntry entry) {
    ContentFilter filter = filters.get(text);
    return filter != null
        && filter.excludes(entry.content())
        && !store.contents().isDamaged(entry.content());
  }

  /** Judges those entries with more of their content; returns what is still open. */
  // Decoding burns CPU, and a virtual thread gives up its carrier only when it says so.
  @SuppressWarnings("ThreadPriorityCheck")
  private List<MessageEntry> readOn(
      List<MessageEntry> entries, Set<Need> needs, boolean withBody, Set<Long> matching)
      throws IOException {
    List<MessageEntry> open = new ArrayList<>();
    ContentBatch.read(
        store.contents(),
        entries,
        needs,
        (some, batch) -> {
          Thread.yield();
          if (progress != null) {
            progress.at(seen);
          }
          for (MessageEntry entry : some) {
            Verdict verdict = judgeText(entry, batch, withBody);
            if (verdict == Verdict.OPEN || (scored && !withBody && verdict == Verdict.YES)) {
              open.add(entry);
            } else if (verdict == Verdict.YES) {
              matching.add(entry.uid());
            }
          }
        });
    return open;
  }

  /** Judges a message by its text; one that is damaged on the disk is noted, and not found. */
  private Verdict judgeText(MessageEntry entry, ContentBatch batch, boolean withBody)
      throws IOException {
    if (batch.isDamaged(entry.content())) {
      damaged.add(entry.uid());
      return Verdict.NO;
    }
    try {
      MessageText text = new MessageText(entry.content(), batch, withBody);
      Verdict verdict = judge(key, entry, text);
      if (scored && withBody && verdict == Verdict.YES) {
        scores.put(entry.uid(), new Relevancy(text, filters).of(key));
      }
      return verdict;
    } catch (StorageException e) {
      if (e.reason() != StorageException.Reason.DAMAGED) {
        throw e;
      }
      damaged.add(entry.uid());
      return Verdict.NO;
    }
  }

  /** UIDs of messages that could not be searched, since they are damaged on the disk. */
  public List<Long> damaged() {
    return damaged;
  }

  private Verdict judge(SearchKey each, MessageEntry entry, @Nullable MessageText text)
      throws IOException {
    return switch (each) {
      case All() -> Verdict.YES;
      case And(List<SearchKey> keys) -> {
        Verdict verdict = Verdict.YES;
        for (SearchKey one : keys) {
          Verdict next = judge(one, entry, text);
          if (next == Verdict.NO) {
            yield Verdict.NO;
          }
          verdict = next == Verdict.OPEN ? next : verdict;
        }
        yield verdict;
      }
      case Or(SearchKey left, SearchKey right) -> {
        Verdict first = judge(left, entry, text);
        if (first == Verdict.YES) {
          yield first;
        }
        Verdict second = judge(right, entry, text);
        yield second == Verdict.NO ? first : second;
      }
      case Not(SearchKey negated) -> judge(negated, entry, text).negated();
      case Fuzzy(SearchKey loose) -> judge(loose, entry, text);
      case Words(SearchKey ignored, List<SearchKey> words) -> {
        Verdict verdict = Verdict.NO;
        for (SearchKey word : words) {
          Verdict next = judge(word, entry, text);
          if (next == Verdict.YES) {
            yield next;
          }
          verdict = next == Verdict.OPEN ? next : verdict;
        }
        yield verdict;
      }
      case Flag(var flag) -> Verdict.of(entry.flags().has(flag));
      case Keyword(String name) -> Verdict.of(entry.flags().hasKeyword(name));
      case Recent() -> Verdict.of(view.isRecent(entry.uid()));
      case Numbers(SequenceSet set) -> Verdict.of(numbers(set).get(view.indexOf(entry.uid())));
      case Uids(SequenceSet set) -> Verdict.of(uids(set).get(view.indexOf(entry.uid())));
      case InternalDate(DateOrder order, LocalDate date) ->
          Verdict.of(compare(order, Math.floorDiv(entry.internalDate(), DAY), date.toEpochDay()));
      case SaveDate(DateOrder order, LocalDate date) ->
          Verdict.of(compare(order, Math.floorDiv(entry.saveDate(), DAY), date.toEpochDay()));
      case EmailId(String id) -> Verdict.of(ObjectIds.email(entry.content()).equals(id));
      case ThreadId(String id) ->
          text == null ? Verdict.OPEN : Verdict.of(text.threadId().filter(id::equals).isPresent());
      case Older(long seconds) -> Verdict.of(secondsAgo(entry) >= seconds);
      case Younger(long seconds) -> Verdict.of(secondsAgo(entry) <= seconds);
      case Larger(long octets) -> Verdict.of(entry.size() > octets);
      case Smaller(long octets) -> Verdict.of(entry.size() < octets);
      case ModSeqFrom(long modSeq) -> Verdict.of(entry.modSeq() >= modSeq);
      case SentDate(DateOrder order, LocalDate date) ->
          text == null
              ? Verdict.OPEN
              : Verdict.of(
                  text.sentDay().stream().anyMatch(day -> compare(order, day, date.toEpochDay())));
      case HeaderText(String field, String needle) -> {
        if (isRuledOut(each, entry)) {
          yield Verdict.NO;
        }
        yield text == null ? Verdict.OPEN : Verdict.of(text.headerContains(field, needle));
      }
      case BodyText(String needle) ->
          needle.isEmpty() ? Verdict.YES : judgeBody(each, needle, entry, text);
      case AnyText(String needle) ->
          needle.isEmpty() || (text != null && text.headerContains(needle))
              ? Verdict.YES
              : judgeBody(each, needle, entry, text);
    };
  }

  private Verdict judgeBody(
      SearchKey each, String needle, MessageEntry entry, @Nullable MessageText text)
      throws IOException {
    if (isRuledOut(each, entry)) {
      return Verdict.NO;
    }
    return text == null || !text.hasBody() ? Verdict.OPEN : Verdict.of(text.bodyContains(needle));
  }

  /** RFC 5032 §2: exact to the second. */
  private long secondsAgo(MessageEntry entry) {
    return Math.floorDiv(now, 1000L) - Math.floorDiv(entry.internalDate(), 1000L);
  }

  private static boolean compare(DateOrder order, long day, long reference) {
    return switch (order) {
      case BEFORE -> day < reference;
      case ON -> day == reference;
      case SINCE -> day >= reference;
    };
  }

  private BitSet numbers(SequenceSet set) {
    return byNumber.computeIfAbsent(set, s -> bits(view.byNumberLeniently(s)));
  }

  private BitSet uids(SequenceSet set) {
    return byUid.computeIfAbsent(set, s -> bits(view.byUid(s)));
  }

  private static BitSet bits(IndexRanges ranges) {
    BitSet bits = new BitSet();
    for (int range = 0; range < ranges.ranges(); range++) {
      bits.set(ranges.from(range), ranges.to(range));
    }
    return bits;
  }
}
