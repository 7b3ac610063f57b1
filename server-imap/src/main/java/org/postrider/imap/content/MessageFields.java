package org.postrider.imap.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final Contents contents;
  private final FieldCache<SortFields> sortFields;
  private final FieldCache<ThreadFields> threadFields;

  /**
   * @param octetsMax memory for what is remembered of each kind
   */
  public MessageFields(Contents contents, long octetsMax) {
    this.contents = contents;
    this.sortFields = new FieldCache<>(SortFields::octets, octetsMax);
    this.threadFields = new FieldCache<>(ThreadFields::octets, octetsMax);
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
      FieldCache<V> cache,
      Need need,
      Extraction<V> extraction,
      V none,
      List<Long> damaged)
      throws IOException {
    List<@Nullable V> known = cache.get(entries);
    List<MessageEntry> missing = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i) == null) {
        missing.add(entries.get(i));
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

  private static <V> void remember(FieldCache<V> cache, ContentId content, Map<ContentId, V> read) {
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
