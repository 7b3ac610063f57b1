package org.postrider.storage.durability;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which message every UID stood for that a client saw: it must not stand for another one, ever. */
final class SeenUids {
  private record Key(long mailbox, long uid) {}

  private final Map<Key, Long> tokens = new HashMap<>();

  /** Notes what was seen; the problem when the UID stood for another message before, or null. */
  synchronized @Nullable String see(long mailbox, long uid, long token) {
    Long before = tokens.putIfAbsent(new Key(mailbox, uid), token);
    return before == null || before == token
        ? null
        : "reused: UID " + uid + " of mailbox " + mailbox + " was " + before + ", is " + token;
  }
}
