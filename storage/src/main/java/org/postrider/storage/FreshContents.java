package org.postrider.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Small contents that were just queued, for who brings them out: he need not read them back. A
 * content never changes, so what is here is as good as what is on disk.
 */
final class FreshContents {
  /** Octets of all of them, about. */
  private static final long OCTETS_MAX = 8 << 20;

  /** Octets of the largest. */
  private static final int SIZE_MAX = 65_536;

  /** What else an entry takes of memory, about. */
  private static final int OVERHEAD = 200;

  private final Cache<Long, Fresh> kept =
      Caffeine.newBuilder()
          .maximumWeight(OCTETS_MAX)
          .weigher((Long id, Fresh fresh) -> fresh.octets.length + OVERHEAD)
          .build();

  /** A whole content. */
  record Fresh(byte[] octets, int headerSize) {
    byte[] header() {
      return Arrays.copyOf(octets, headerSize);
    }
  }

  /** Keeps it for a while, unless it is large. */
  void keep(long id, StagedContent content) {
    if (content.size() <= SIZE_MAX && content.stageId() == 0 && content.firstWaiting() == 0) {
      byte[] octets = new byte[(int) content.size()];
      int length = 0;
      for (byte[] piece : content.waiting()) {
        System.arraycopy(piece, 0, octets, length, piece.length);
        length += piece.length;
      }
      kept.put(id, new Fresh(octets, Math.toIntExact(content.digest().headerSize())));
    }
  }

  @Nullable Fresh find(ContentId content) {
    return kept.getIfPresent(content.value());
  }
}
