package org.postrider.pop3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.ContentId;
import org.postrider.storage.Contents;

/**
 * Small messages read from the store before they are asked for. A client that fetches one message
 * after the other gets them in batches that grow, up to a budget of octets; one that fetches a
 * single message costs no more than that.
 */
final class ReadAhead {
  private static final int BATCH_MAX = 256;

  private final Contents contents;
  private final int budgetBytes;
  private final int messageBytesMax;
  private final Map<ContentId, byte[]> held = new HashMap<>();
  private int expected = -1;
  private int batch = 1;

  ReadAhead(Contents contents, Pop3Settings settings) {
    this.contents = contents;
    this.budgetBytes = settings.readAheadBytes();
    this.messageBytesMax = settings.readAheadMessageBytes();
  }

  /** The message's bytes, or null when it is too long to be held and must be streamed. */
  byte @Nullable [] take(Maildrop maildrop, int message) throws IOException {
    boolean sequential = message == expected;
    expected = message + 1;
    if (maildrop.size(message) > messageBytesMax) {
      return null;
    }
    byte[] bytes = held.remove(maildrop.content(message));
    if (bytes != null) {
      return bytes;
    }
    held.clear();
    batch = sequential ? Math.min(BATCH_MAX, batch * 4) : 1;
    contents.bytes(wanted(maildrop, message), new Holder());
    return held.remove(maildrop.content(message));
  }

  private final class Holder implements Contents.BytesSink {
    @Override
    public void content(ContentId content, byte[] bytes) {
      held.put(content, bytes);
    }

    @Override
    public void damaged(ContentId content) {} // is told when it is asked for
  }

  private List<ContentId> wanted(Maildrop maildrop, int first) {
    Set<ContentId> wanted = new LinkedHashSet<>();
    wanted.add(maildrop.content(first));
    long octets = maildrop.size(first);
    for (int next = first + 1; next <= maildrop.last() && wanted.size() < batch; next++) {
      if (!maildrop.has(next) || maildrop.size(next) > messageBytesMax) {
        continue;
      }
      octets += maildrop.size(next);
      if (octets > budgetBytes) {
        break;
      }
      wanted.add(maildrop.content(next));
    }
    return new ArrayList<>(wanted);
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Gives the memory back. */
  void clear() {
    held.clear();
  }
}
