package org.postrider.storage.index;

import org.postrider.storage.ContentId;

/** What an index knew of a needle at a moment. */
@FunctionalInterface
public interface ContentFilter {
  /** Knows nothing. */
  ContentFilter NONE = content -> false;

  /** Whether the content certainly does not contain the needle. All others must be looked at. */
  boolean excludes(ContentId content);

  /**
   * How much it says of a content that it contains the needle: the inverse document frequency of
   * BM25, about 0 for what is everywhere; 1 where it is not known.
   */
  default double weight() {
    return 1;
  }
}
