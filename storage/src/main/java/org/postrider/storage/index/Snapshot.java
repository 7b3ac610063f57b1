package org.postrider.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SparseFixedBitSet;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.ContentId;
import org.postrider.storage.index.Needle.Scope;

/** The index as it was at a moment: which contents it covers, and which of them have a needle. */
final class Snapshot {
  /** Grams of a needle that are asked for; with more it would hardly become more selective. */
  private static final int GRAMS_MAX = 64;

  /** A shorter needle is in nearly everything. */
  private static final int NEEDLE_MIN = 2;

  private final DirectoryReader reader;
  private final Map<Object, FixedBitSet> byLeaf;
  private final FixedBitSet covered;

  /**
   * @param reader is closed with the snapshot
   * @param before of which the reader is a later state, or null
   */
  Snapshot(DirectoryReader reader, @Nullable Snapshot before) throws IOException {
    this.reader = reader;
    this.byLeaf = new HashMap<>();
    int length = 0;
    for (LeafReaderContext context : reader.leaves()) {
      LeafReader leaf = context.reader();
      Object key = leaf.getReaderCacheHelper().getKey();
      FixedBitSet known = before == null ? null : before.byLeaf.get(key);
      FixedBitSet contents = known == null ? contents(leaf) : known;
      byLeaf.put(key, contents);
      length = Math.max(length, contents.length());
    }
    this.covered = new FixedBitSet(length);
    for (FixedBitSet contents : byLeaf.values()) {
      covered.or(contents);
    }
  }

  private static FixedBitSet contents(LeafReader leaf) throws IOException {
    FixedBitSet contents = new FixedBitSet(0);
    Bits live = leaf.getLiveDocs();
    NumericDocValues ids = leaf.getNumericDocValues(GramIndex.CONTENT);
    if (ids != null) {
      for (int doc = ids.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = ids.nextDoc()) {
        if (live == null || live.get(doc)) {
          int id = (int) ids.longValue();
          contents = FixedBitSet.ensureCapacity(contents, id + 1);
          contents.set(id);
        }
      }
    }
    return contents;
  }

  DirectoryReader reader() {
    return reader;
  }

  /** Contents that are in the index. */
  int contents() {
    return reader.numDocs();
  }

  boolean covers(long content) {
    return content < covered.length() && covered.get((int) content);
  }

  /** The next content from that id on which it covers, or -1. */
  long nextCovered(long from) {
    if (from >= covered.length()) {
      return -1;
    }
    int next = covered.nextSetBit((int) from);
    return next == DocIdSetIterator.NO_MORE_DOCS ? -1 : next;
  }

  /** A filter for each needle; none where it was closed meanwhile. */
  List<ContentFilter> filters(List<Needle> needles) throws IOException {
    if (!reader.tryIncRef()) {
      return List.of();
    }
    try {
      List<ContentFilter> filters = new ArrayList<>(needles.size());
      for (Needle needle : needles) {
        filters.add(needle.text().length() < NEEDLE_MIN ? ContentFilter.NONE : filter(needle));
      }
      return filters;
    } finally {
      reader.decRef();
    }
  }

  private ContentFilter filter(Needle needle) throws IOException {
    SparseFixedBitSet hits = new SparseFixedBitSet(Math.max(1, covered.length()));
    if (needle.scope() != Scope.BODY) {
      collect(query(GramIndex.HEADER, needle.text()), hits);
    }
    if (needle.scope() != Scope.HEADER) {
      collect(query(GramIndex.BODY, needle.text()), hits);
    }
    double found = hits.cardinality();
    return new Hits(covered, hits, Math.log1p((contents() - found + 0.5) / (found + 0.5)));
  }

  /**
   * What was found.
   *
   * @param hits those of the contents that have all grams of the needle
   */
  private record Hits(FixedBitSet covered, SparseFixedBitSet hits, double weight)
      implements ContentFilter {
    @Override
    public boolean excludes(ContentId content) {
      long id = content.value();
      return id < covered.length() && covered.get((int) id) && !hits.get((int) id);
    }
  }

  private static Query query(String field, String needle) {
    GramSet grams = new GramSet(GRAMS_MAX);
    grams.piece(needle);
    if (grams.size() == 0) {
      grams.endOfText();
      return new PrefixQuery(new Term(field, GramSet.term(grams.grams()[0])));
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (long gram : grams.grams()) {
      all.add(new TermQuery(new Term(field, GramSet.term(gram))), Occur.FILTER);
    }
    return all.build();
  }

  private void collect(Query query, SparseFixedBitSet hits) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    Weight weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : reader.leaves()) {
      Scorer scorer = weight.scorer(leaf);
      NumericDocValues ids = leaf.reader().getNumericDocValues(GramIndex.CONTENT);
      if (scorer == null || ids == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      DocIdSetIterator docs = scorer.iterator();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if ((live == null || live.get(doc)) && ids.advanceExact(doc)) {
          hits.set((int) ids.longValue());
        }
      }
    }
  }

  void close() throws IOException {
    reader.decRef();
  }
}
