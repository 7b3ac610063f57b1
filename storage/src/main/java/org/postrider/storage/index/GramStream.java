package org.postrider.storage.index;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/** The grams of a content as Lucene takes them. */
final class GramStream extends TokenStream {
  private final BytesTermAttribute attribute = addAttribute(BytesTermAttribute.class);
  private final BytesRef term = new BytesRef(new byte[GramSet.TERM_MAX]);
  private long[] grams = {};
  private int next;

  void of(GramSet set) {
    grams = set.grams();
    next = 0;
  }

  @Override
  public void reset() {
    next = 0;
  }

  @Override
  public boolean incrementToken() {
    clearAttributes();
    if (next == grams.length) {
      return false;
    }
    GramSet.term(grams[next++], term);
    attribute.setBytesRef(term);
    return true;
  }
}
