package org.postrider.imap.content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentDigest;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;
import org.postrider.storage.MessageEntry;

/**
 * What is known of the contents of a few messages, read with as few queries as it takes. Large
 * contents are not read ahead, but piece by piece when they are wanted.
 */
public final class ContentBatch {
  /** What is wanted of contents. */
  public enum Need {
    DIGEST,
    HEADER,
    BYTES
  }

  /** A content up to that size is read whole, octets. */
  private static final int SMALL = 128 << 10;

  /** Octets read ahead in one batch. */
  private static final int BATCH_BYTES = 1 << 20;

  /** Messages of a batch. */
  private static final int BATCH_COUNT = 256;

  /** No more of a header is looked at, octets. */
  public static final int HEADER_MAX = 1 << 20;

  private final Contents contents;
  private final Map<ContentId, ContentDigest> digests = new HashMap<>();
  private final Map<ContentId, byte[]> headers = new HashMap<>();
  private final Map<ContentId, byte[]> wholes = new HashMap<>();
  private final Set<ContentId> damaged = new HashSet<>();

  private ContentBatch(Contents contents) {
    this.contents = contents;
  }

  /** A batch of which nothing was read ahead. */
  public static ContentBatch unread(Contents contents) {
    return new ContentBatch(contents);
  }

  /** Takes a batch with its entries. */
  @FunctionalInterface
  public interface Sink {
    void batch(List<MessageEntry> entries, ContentBatch batch) throws IOException;
  }

  /** Cuts the entries into batches, reads what is needed of each, and hands them on in order. */
  public static void read(Contents contents, List<MessageEntry> entries, Set<Need> needs, Sink sink)
      throws IOException {
    if (needs.isEmpty()) {
      sink.batch(entries, new ContentBatch(contents));
      return;
    }
    int from = 0;
    while (from < entries.size()) {
      int to = from;
      long octets = 0;
      while (to < entries.size() && to - from < BATCH_COUNT) {
        long size = entries.get(to).size();
        octets += size <= SMALL ? size : 0;
        if (octets > BATCH_BYTES && to > from) {
          break;
        }
        to++;
      }
      List<MessageEntry> some = entries.subList(from, to);
      ContentBatch batch = new ContentBatch(contents);
      batch.load(some, needs);
      sink.batch(some, batch);
      from = to;
    }
  }

  /** All of one content. */
  public static ContentBatch of(Contents contents, ContentId content, long size)
      throws IOException {
    ContentBatch batch = new ContentBatch(contents);
    List<ContentId> one = List.of(content);
    boolean small = size <= SMALL;
    batch.load(
        one, small ? one : List.of(), small ? List.of() : one, EnumSet.of(Need.DIGEST, Need.BYTES));
    return batch;
  }

  private void load(List<MessageEntry> entries, Set<Need> needs) throws IOException {
    List<ContentId> all = new ArrayList<>(entries.size());
    List<ContentId> small = new ArrayList<>(entries.size());
    List<ContentId> large = new ArrayList<>();
    for (MessageEntry entry : entries) {
      all.add(entry.content());
      (entry.size() <= SMALL ? small : large).add(entry.content());
    }
    load(all, small, large, needs);
  }

  private void load(
      List<ContentId> all, List<ContentId> small, List<ContentId> large, Set<Need> needs)
      throws IOException {
    if (needs.contains(Need.DIGEST)) {
      contents.digests(all, new Digests());
    } else if (!large.isEmpty()) {
      contents.digests(large, new Digests());
    }
    if (needs.contains(Need.BYTES)) {
      contents.bytes(small, new Bytes(wholes));
      large.stream().filter(contents::isDamaged).forEach(damaged::add);
    } else if (needs.contains(Need.HEADER)) {
      contents.headers(small, new Bytes(headers));
    }
  }

  private final class Digests implements Contents.DigestSink {
    @Override
    public void digest(ContentId content, ContentDigest digest) {
      digests.put(content, digest);
    }

    @Override
    public void damaged(ContentId content) {
      damaged.add(content);
    }
  }

  private final class Bytes implements Contents.BytesSink {
    private final Map<ContentId, byte[]> target;

    Bytes(Map<ContentId, byte[]> target) {
      this.target = target;
    }

    @Override
    public void content(ContentId content, byte[] bytes) {
      target.put(content, bytes);
    }

    @Override
    public void damaged(ContentId content) {
      damaged.add(content);
    }
  }

  /** Whether what was needed of the content cannot be read back from the disk. */
  public boolean isDamaged(ContentId content) {
    return damaged.contains(content);
  }

  /** The digest of a content. */
  public ContentDigest digest(ContentId content) {
    return digests.computeIfAbsent(content, contents::digest);
  }

  /** The content's octets, or null when it is to be read piece by piece. */
  public byte @Nullable [] whole(ContentId content) {
    return wholes.get(content);
  }

  /** The content's header with its empty line, at most {@link #HEADER_MAX} octets of it. */
  public byte[] header(ContentId content) throws IOException {
    byte[] known = headers.get(content);
    return known != null ? known : slice(content, 0, digest(content).headerSize(), HEADER_MAX);
  }

  /** Octets of the content, at most {@code max} of them. */
  public byte[] slice(ContentId content, long offset, long length, int max) throws IOException {
    int count = (int) Math.min(length, max);
    byte[] whole = wholes.get(content);
    if (whole != null) {
      int from = (int) Math.min(offset, whole.length);
      return Arrays.copyOfRange(whole, from, (int) Math.min((long) from + count, whole.length));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(count);
    contents.copy(content, offset, count, bytes);
    return bytes.toByteArray();
  }

  /** The store's contents, for what is read piece by piece. */
  public Contents contents() {
    return contents;
  }
}
