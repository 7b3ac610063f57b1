package org.postrider.imap.search;

import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalDouble;
import org.postrider.imap.search.SearchKey.And;
import org.postrider.imap.search.SearchKey.AnyText;
import org.postrider.imap.search.SearchKey.BodyText;
import org.postrider.imap.search.SearchKey.Fuzzy;
import org.postrider.imap.search.SearchKey.HeaderText;
import org.postrider.imap.search.SearchKey.Or;
import org.postrider.imap.search.SearchKey.Words;
import org.postrider.storage.index.ContentFilter;

/**
 * How well a message fits the fuzzy keys of a search (RFC 6203 §4): the whole text is worth 1, some
 * of its words as many parts of {@value #WORDS}; what is found in the body alone is worth {@value
 * #BODY} of what is found in the header. Of keys that must all match it is the mean, of
 * alternatives the best.
 *
 * <p>Where the index knows how rare words are they are ranked by BM25 without regard to the length
 * of messages: a rare word is worth more than a common one, and one that comes again more than one
 * that does not.
 */
final class Relevancy {
  private static final double WORDS = 0.7;
  private static final double BODY = 0.6;

  /** BM25's k1: how soon a further occurrence of a word is worth no more. */
  private static final double SATURATION = 1.2;

  private final MessageText text;
  private final IdentityHashMap<SearchKey, ContentFilter> filters;

  /**
   * @param text header and body of a message that matches
   * @param filters what the index knows of texts; empty when it was not asked
   */
  Relevancy(MessageText text, IdentityHashMap<SearchKey, ContentFilter> filters) {
    this.text = text;
    this.filters = filters;
  }

  /** 1 to 100; 100 when nothing was asked for fuzzily. */
  int of(SearchKey key) throws IOException {
    OptionalDouble worth = worth(key);
    return (int) Math.round(1 + 99 * worth.orElse(1));
  }

  /** Between 0 and 1; empty when the key has nothing fuzzy in it. */
  private OptionalDouble worth(SearchKey key) throws IOException {
    return switch (key) {
      case Words(SearchKey whole, List<SearchKey> words) ->
          OptionalDouble.of(Math.max(exactly(whole), WORDS * mean(words)));
      case And(List<SearchKey> keys) -> mean(keys, false);
      case Or(SearchKey left, SearchKey right) -> mean(List.of(left, right), true);
      case Fuzzy(SearchKey loose) -> worth(loose);
      default -> OptionalDouble.empty();
    };
  }

  private OptionalDouble mean(List<SearchKey> keys, boolean best) throws IOException {
    double sum = 0;
    double greatest = 0;
    int count = 0;
    for (SearchKey key : keys) {
      OptionalDouble worth = worth(key);
      if (worth.isPresent()) {
        sum += worth.getAsDouble();
        greatest = Math.max(greatest, worth.getAsDouble());
        count++;
      }
    }
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(best ? greatest : sum / count);
  }

  private double mean(List<SearchKey> words) throws IOException {
    double sum = 0;
    double greatest = 0;
    for (SearchKey word : words) {
      ContentFilter filter = filters.get(word);
      double weight = filter == null ? 1 : filter.weight();
      sum += weight * (filter == null ? exactly(word) : frequency(word));
      greatest += weight;
    }
    return sum / greatest;
  }

  /** Between 0 and 1, the greater the more often the word is there. */
  private double frequency(SearchKey word) throws IOException {
    double times =
        switch (word) {
          case HeaderText(String field, String needle) -> text.timesInHeader(field, needle);
          case BodyText(String needle) -> text.timesInBody(needle);
          case AnyText(String needle) ->
              text.timesInHeader(needle) + BODY * text.timesInBody(needle);
          default -> 0;
        };
    return times / (times + SATURATION);
  }

  private double exactly(SearchKey key) throws IOException {
    return switch (key) {
      case HeaderText(String field, String needle) -> text.headerContains(field, needle) ? 1 : 0;
      case BodyText(String needle) -> text.bodyContains(needle) ? 1 : 0;
      case AnyText(String needle) ->
          text.headerContains(needle) ? 1 : text.bodyContains(needle) ? BODY : 0;
      default -> 0;
    };
  }
}
