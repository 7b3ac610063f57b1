package org.postrider.storage.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.ContentFeed.Stamp;

/**
 * The files of the index: a document for each content, with the grams of its header and of its
 * body. For one thread, but for {@link #snapshot}.
 */
final class GramIndex {
  /** The field that has the content's id. */
  static final String CONTENT = "content";

  static final String HEADER = "header";
  static final String BODY = "body";

  /** Of the terms by which contents are removed. */
  private static final String ID = "id";

  private static final String VERSION = "version";
  private static final String TOKEN = "token";
  private static final String GENERATION = "generation";
  private static final String POSITION = "position";
  private static final String ORDERLY = "orderly";

  private static final FieldType GRAMS = grams();

  private final Directory directory;
  private final IndexWriter writer;
  private final String version;
  private final GramStream header = new GramStream();
  private final GramStream body = new GramStream();
  private volatile Snapshot snapshot;

  /**
   * What an index says of itself.
   *
   * @param position up to which contents were looked at
   * @param orderly whether it was closed in order
   */
  record Label(String version, Stamp stamp, long position, boolean orderly) {
    /** Whether it is of that version and knows nothing that the store does not. */
    boolean suits(String current, Stamp store) {
      return version.equals(current)
          && stamp.token() == store.token()
          && stamp.generation() <= store.generation();
    }
  }

  private static FieldType grams() {
    FieldType type = new FieldType();
    type.setTokenized(true);
    type.setOmitNorms(true);
    type.setIndexOptions(IndexOptions.DOCS);
    type.freeze();
    return type;
  }

  /**
   * Opens the index, or makes an empty one.
   *
   * @param version of what is in it
   * @throws IOException when it is damaged or cannot be read
   */
  GramIndex(Path path, IndexLimits limits, String version) throws IOException {
    this.version = version;
    this.directory = FSDirectory.open(path);
    IndexWriter opened = null;
    try {
      ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
      merges.setMaxMergesAndThreads(2, 1);
      IndexWriterConfig config =
          new IndexWriterConfig(null)
              .setRAMBufferSizeMB(limits.memoryMegabytes())
              .setMergeScheduler(merges)
              .setCommitOnClose(false);
      opened = new IndexWriter(directory, config);
      this.snapshot = new Snapshot(DirectoryReader.open(opened), null);
      this.writer = opened;
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.rollback();
      }
      directory.close();
      throw e;
    }
  }

  /** What the index in that directory says of itself; null when there is none. */
  static @Nullable Label label(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return null;
    }
    try (Directory directory = FSDirectory.open(path)) {
      if (!DirectoryReader.indexExists(directory)) {
        return null;
      }
      Map<String, String> data = SegmentInfos.readLatestCommit(directory).getUserData();
      return new Label(
          data.getOrDefault(VERSION, ""),
          new Stamp(number(data, TOKEN), number(data, GENERATION)),
          number(data, POSITION),
          Boolean.parseBoolean(data.get(ORDERLY)));
    }
  }

  private static long number(Map<String, String> data, String key) throws IOException {
    try {
      return Long.parseLong(data.getOrDefault(key, "0"));
    } catch (NumberFormatException e) {
      throw new IOException("the index has no " + key, e);
    }
  }

  /** Reads all files and compares their checksums. */
  void requireSound() throws IOException {
    for (var leaf : snapshot.reader().leaves()) {
      leaf.reader().checkIntegrity();
    }
  }

  void add(long content, GramSet ofHeader, GramSet ofBody) throws IOException {
    header.of(ofHeader);
    body.of(ofBody);
    Document document = new Document();
    document.add(new StringField(ID, id(content), Field.Store.NO));
    document.add(new NumericDocValuesField(CONTENT, content));
    document.add(new Field(HEADER, header, GRAMS));
    document.add(new Field(BODY, body, GRAMS));
    writer.addDocument(document);
  }

  void remove(long content) throws IOException {
    writer.deleteDocuments(new Term(ID, id(content)));
  }

  void removeAll() throws IOException {
    writer.deleteAll();
  }

  private static BytesRef id(long content) {
    byte[] bytes = new byte[Long.BYTES];
    NumericUtils.longToSortableBytes(content, bytes, 0);
    return new BytesRef(bytes);
  }

  /** Lets searches see what was changed. */
  void refresh() throws IOException {
    Snapshot before = snapshot;
    DirectoryReader reader = DirectoryReader.openIfChanged(before.reader(), writer);
    if (reader != null) {
      snapshot = new Snapshot(reader, before);
      before.close();
    }
  }

  /** Forces what was changed to the disk. */
  void commit(Stamp stamp, long position, boolean orderly) throws IOException {
    writer.setLiveCommitData(
        Map.of(
                VERSION,
                version,
                TOKEN,
                Long.toString(stamp.token()),
                GENERATION,
                Long.toString(stamp.generation()),
                POSITION,
                Long.toString(position),
                ORDERLY,
                Boolean.toString(orderly))
            .entrySet());
    writer.commit();
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** Whether no failure has closed it. */
  boolean isOpen() {
    return writer.isOpen();
  }

  /** Closes it; what was not committed is gone. */
  void close() throws IOException {
    try (directory) {
      snapshot.close();
      writer.rollback();
    }
  }
}
