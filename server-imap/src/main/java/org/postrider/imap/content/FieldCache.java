package org.postrider.imap.content;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.ContentId;
import org.postrider.storage.MessageEntry;

/**
 * What was last read of contents, within a bound of memory; since contents never change, it is
 * never wrong. The least recently used go first.
 */
final class FieldCache<V> {
  /** Octets that an entry takes besides its value. */
  private static final int ENTRY_OCTETS = 80;

  private final ToIntFunction<V> size;
  private final long octetsMax;
  private final Map<ContentId, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private long octets;

  /**
   * @param size about how many octets a value takes
   */
  FieldCache(ToIntFunction<V> size, long octetsMax) {
    this.size = size;
    this.octetsMax = octetsMax;
  }

  /** The values of those messages' contents, null where they are not known. */
  synchronized List<@Nullable V> get(List<MessageEntry> entries) {
    List<@Nullable V> found = new ArrayList<>(entries.size());
    for (MessageEntry entry : entries) {
      found.add(values.get(entry.content()));
    }
    return found;
  }

  synchronized void put(ContentId content, V value) {
    V before = values.put(content, value);
    octets += ENTRY_OCTETS + size.applyAsInt(value);
    if (before != null) {
      octets -= ENTRY_OCTETS + size.applyAsInt(before);
    }
    var eldest = values.entrySet().iterator();
    while (octets > octetsMax && eldest.hasNext()) {
      octets -= ENTRY_OCTETS + size.applyAsInt(eldest.next().getValue());
      eldest.remove();
    }
  }
}
