package org.postrider.imap.search;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.storage.SystemFlag;
import org.postrider.storage.index.Needle;

/**
 * A search key (RFC 3501 §6.4.4, RFC 5032, RFC 7162 §3.1.5, RFC 8474 §5.4, RFC 8514 §4.3); what is
 * derived is parsed into its parts.
 */
public sealed interface SearchKey {
  /** The keys that it is made of. */
  default List<SearchKey> parts() {
    return List.of();
  }

  /** The same of other parts, which are as many. */
  default SearchKey withParts(List<SearchKey> parts) {
    return this;
  }

  /** Whether it is such a key, or has one among its parts. */
  default boolean mentions(Class<? extends SearchKey> kind) {
    return kind.isInstance(this) || parts().stream().anyMatch(part -> part.mentions(kind));
  }

  /** Hands over its texts that are not empty. */
  default void texts(BiConsumer<SearchKey, Needle> sink) {
    switch (this) {
      case HeaderText(String ignored, String text) when !text.isEmpty() ->
          sink.accept(this, new Needle(Needle.Scope.HEADER, text));
      case BodyText(String text) when !text.isEmpty() ->
          sink.accept(this, new Needle(Needle.Scope.BODY, text));
      case AnyText(String text) when !text.isEmpty() ->
          sink.accept(this, new Needle(Needle.Scope.ANY, text));
      case Words(SearchKey ignored, List<SearchKey> words) ->
          words.forEach(word -> word.texts(sink));
      default -> parts().forEach(part -> part.texts(sink));
    }
  }

  /** The same key for messages whose numbers will change: sets are as they are in the view now. */
  default SearchKey fixed(MailboxView view) {
    return switch (this) {
      case Numbers(SequenceSet set) ->
          new Uids(SequenceSet.ofUids(view.byNumberLeniently(set), view.uids()));
      case Uids(SequenceSet set) when set.isSaved() ->
          new Uids(SequenceSet.ofUids(view.byUid(set), view.uids()));
      default -> withParts(parts().stream().map(part -> part.fixed(view)).toList());
    };
  }

  /** Every message. */
  record All() implements SearchKey {}

  /** All of several keys; they are tried in order. */
  record And(List<SearchKey> keys) implements SearchKey {
    @Override
    public List<SearchKey> parts() {
      return keys;
    }

    @Override
    public SearchKey withParts(List<SearchKey> parts) {
      return new And(parts);
    }
  }

  record Or(SearchKey left, SearchKey right) implements SearchKey {
    @Override
    public List<SearchKey> parts() {
      return List.of(left, right);
    }

    @Override
    public SearchKey withParts(List<SearchKey> parts) {
      return new Or(parts.get(0), parts.get(1));
    }
  }

  record Not(SearchKey key) implements SearchKey {
    @Override
    public List<SearchKey> parts() {
      return List.of(key);
    }

    @Override
    public SearchKey withParts(List<SearchKey> parts) {
      return new Not(parts.getFirst());
    }
  }

  /**
   * Texts in the key are found word by word (RFC 6203 §3); what is no text is as it is without.
   *
   * @param key its texts are {@link Words}
   */
  record Fuzzy(SearchKey key) implements SearchKey {
    @Override
    public List<SearchKey> parts() {
      return List.of(key);
    }

    @Override
    public SearchKey withParts(List<SearchKey> parts) {
      return new Fuzzy(parts.getFirst());
    }

    /** The same key with its texts cut into words. */
    static Fuzzy of(SearchKey key) {
      return new Fuzzy(loose(key));
    }

    private static SearchKey loose(SearchKey key) {
      return switch (key) {
        case HeaderText(String field, String text) ->
            words(key, text, word -> new HeaderText(field, word));
        case BodyText(String text) -> words(key, text, BodyText::new);
        case AnyText(String text) -> words(key, text, AnyText::new);
        default -> key.withParts(key.parts().stream().map(Fuzzy::loose).toList());
      };
    }

    private static SearchKey words(
        SearchKey whole, String text, Function<String, SearchKey> ofWord) {
      List<SearchKey> words =
          Arrays.stream(text.split(" "))
              .filter(word -> !word.isEmpty())
              .distinct()
              .limit(WORDS_MAX)
              .map(ofWord)
              .toList();
      return words.isEmpty() ? whole : new Words(whole, words);
    }
  }

  /** Words of one text that are looked for; the rest is left out. */
  int WORDS_MAX = 32;

  /**
   * A text of which one word is enough.
   *
   * @param whole the text as it was given
   * @param words at least one
   */
  record Words(SearchKey whole, List<SearchKey> words) implements SearchKey {}

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

  /** Messages whose internal date is that many seconds ago, or longer (RFC 5032 §2). */
  record Older(long seconds) implements SearchKey {}

  /** Messages whose internal date is that many seconds ago, or less (RFC 5032 §2). */
  record Younger(long seconds) implements SearchKey {}

  record Larger(long octets) implements SearchKey {}

  record Smaller(long octets) implements SearchKey {}

  /**
   * A text in a header field.
   *
   * @param text mapped by i;unicode-casemap; empty for any message that has the field
   */
  record HeaderText(String field, String text) implements SearchKey {}

  /**
   * A text in the body.
   *
   * @param text mapped by i;unicode-casemap
   */
  record BodyText(String text) implements SearchKey {}

  /**
   * A text in header or body.
   *
   * @param text mapped by i;unicode-casemap
   */
  record AnyText(String text) implements SearchKey {}

  /** Messages with that MODSEQ or a greater one. */
  record ModSeqFrom(long modSeq) implements SearchKey {}
}
