package org.postrider.storage;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** SHA-256 digests of messages, each as often as there are such messages; 100 octets each. */
public final class DigestBag {
  private final Map<Digest, Integer> counts = new HashMap<>();

  private record Digest(long first, long second, long third, long fourth) {
    static Digest of(byte[] sha256) {
      ByteBuffer bytes = ByteBuffer.wrap(sha256);
      return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
  }

  /** A bag with nothing in it. */
  public static DigestBag empty() {
    return new DigestBag();
  }

  void add(byte[] sha256) {
    counts.merge(Digest.of(sha256), 1, Integer::sum);
  }

  /** Takes one such digest out; false when there is none (any more). */
  public boolean take(byte[] sha256) {
    Digest digest = Digest.of(sha256);
    boolean there = counts.containsKey(digest);
    counts.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1);
    return there;
  }
}
