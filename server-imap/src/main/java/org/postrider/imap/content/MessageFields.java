package org.postrider.imap.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch.Need;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.StorageException;

/**
 * The fields by which messages are sorted and threaded. What is not remembered is read from digests
 * and headers, some hundred messages with a query.
 */
public final class MessageFields {
  /** Octets that a message takes besides its fields. */
  private static final int ENTRY_OCTETS = 80;

  private final Contents contents;
  private final Cache<ContentId, SortFields> sortFields;
  private final Cache<ContentId, ThreadFields> threadFields;

  /**
   * @param octetsMax memory for what is remembered of each kind
   */
  public MessageFields(Contents contents, long octetsMax) {
    this.contents = contents;
    this.sortFields = cache(octetsMax, SortFields::octets);
    this.threadFields = cache(octetsMax, ThreadFields::octets);
  }

  /** Contents never change, so what is remembered is never wrong. */
  private static <V> Cache<ContentId, V> cache(long octetsMax, ToIntFunction<V> octets) {
    return Caffeine.newBuilder()
        .maximumWeight(octetsMax)
        .weigher((ContentId content, V fields) -> ENTRY_OCTETS + octets.applyAsInt(fields))
        .build();
  }

  /** What messages are sorted by, in the order given; damaged ones are noted, and have none. */
  public List<SortFields> sortFields(List<MessageEntry> entries, List<Long> damaged)
      throws IOException {
    return read(
        entries,
        sortFields,
        Need.DIGEST,
        (batch, content) -> SortFields.of(batch.digest(content)),
        SortFields.NONE,
        damaged);
  }

  /** What messages are threaded by, in the order given; damaged ones are noted, and have none. */
  public List<ThreadFields> threadFields(List<MessageEntry> entries, List<Long> damaged)
      throws IOException {
    return read(
        entries,
        threadFields,
        Need.HEADER,
        (batch, content) -> ThreadFields.of(batch.header(content)),
        ThreadFields.NONE,
        damaged);
  }

  private interface Extraction<V> {
    V of(ContentBatch batch, ContentId content) throws IOException;
  }

  private <V> List<V> read(
      List<MessageEntry> entries,
      Cache<ContentId, V> cache,
      Need need,
      Extraction<V> extraction,
      V none,
      List<Long> damaged)
      throws IOException {
    List<@Nullable V> known = new ArrayList<>(entries.size());
    List<MessageEntry> missing = new ArrayList<>();
    for (MessageEntry entry : entries) {
      V value = cache.getIfPresent(entry.content());
      known.add(value);
      if (value == null) {
        missing.add(entry);
      }
    }
    Map<ContentId, V> read = new HashMap<>();
    if (!missing.isEmpty()) {
      ContentBatch.read(
          contents,
          missing,
          EnumSet.of(need),
          (some, batch) -> {
            take(some, batch, extraction, read, damaged);
            some.forEach(entry -> remember(cache, entry.content(), read));
          });
    }
    List<V> fields = new ArrayList<>(known.size());
    for (int i = 0; i < known.size(); i++) {
      V value = known.get(i);
      fields.add(value == null ? read.getOrDefault(entries.get(i).content(), none) : value);
    }
    return fields;
  }

  private static <V> void remember(
      Cache<ContentId, V> cache, ContentId content, Map<ContentId, V> read) {
    V value = read.get(content);
    if (value != null) {
      cache.put(content, value);
    }
  }

  // Decoding burns CPU, and a virtual thread gives up its carrier only when it says so.
  @SuppressWarnings("ThreadPriorityCheck")
  private static <V> void take(
      List<MessageEntry> entries,
      ContentBatch batch,
      Extraction<V> extraction,
      Map<ContentId, V> read,
      List<Long> damaged)
      throws IOException {
    Thread.yield();
    for (MessageEntry entry : entries) {
      try {
        if (batch.isDamaged(entry.content())) {
          damaged.add(entry.uid());
        } else {
          read.put(entry.content(), extraction.of(batch, entry.content()));
        }
      } catch (IllegalArgumentException e) {
        damaged.add(entry.uid()); // the digest is not as it was written
      } catch (StorageException e) {
        if (e.reason() != StorageException.Reason.DAMAGED) {
          throw e;
        }
        damaged.add(entry.uid());
      }
    }
  }
}
