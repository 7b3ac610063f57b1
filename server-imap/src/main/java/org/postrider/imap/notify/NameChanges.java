package org.postrider.imap.notify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;

/** How the names that a client knows differ from those that are (RFC 5465 §5.4). */
final class NameChanges {
  private final Map<String, @Nullable String> affected = new LinkedHashMap<>();
  private final List<MailboxId> gone = new ArrayList<>();

  NameChanges(Map<MailboxId, Known> known, List<Mailbox> now) {
    Map<String, String> renamed = new HashMap<>();
    Set<MailboxId> there = new HashSet<>();
    for (Mailbox mailbox : now) {
      there.add(mailbox.id());
      Known before = known.get(mailbox.id());
      if (before == null) {
        cameOrWent(mailbox.name());
      } else if (!before.name().equals(mailbox.name())) {
        renamed.put(mailbox.name(), before.name());
      }
    }
    known.forEach((id, before) -> {
      if (!there.contains(id)) {
        gone.add(id);
        cameOrWent(before.name());
      }
    });
    renamed.forEach((name, oldName) -> {
      // Children are renamed with it, and not told (RFC 5465 §5.4).
      if (!isBelowRenamed(name, oldName, renamed)) {
        affected.put(name, oldName);
      }
    });
  }

  /** A mailbox that was created or deleted affects the one above it too. */
  private void cameOrWent(String name) {
    affected.putIfAbsent(name, null);
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      affected.putIfAbsent(name.substring(0, slash), null);
    }
  }

  private static boolean isBelowRenamed(String name, String oldName, Map<String, String> renamed) {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String oldParent = renamed.get(name.substring(0, slash));
      if (oldParent != null && oldName.equals(oldParent + name.substring(slash))) {
        return true;
      }
    }
    return false;
  }

  /** The names of which there is something to tell, with the old ones of those renamed. */
  Map<String, @Nullable String> affected() {
    return affected;
  }

  /** The mailboxes that are no more. */
  List<MailboxId> gone() {
    return gone;
  }
}
