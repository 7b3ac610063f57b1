package org.postrider.imap.list;

import java.util.Collection;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Mailbox;

/**
 * The names of an account: its mailboxes, the names above them that do not exist, and subscribed
 * names. Sorted level by level, INBOX first.
 */
final class NameTree {
  /** Orders a name directly before all that is below it. */
  private static final Comparator<String> ORDER =
      Comparator.comparing((String name) -> !name.equals("INBOX") && !name.startsWith("INBOX/"))
          .thenComparing(name -> name.replace('/', '\1'));

  private final NavigableMap<String, @Nullable Mailbox> names = new TreeMap<>(ORDER);
  private final NavigableMap<String, Mailbox> existing = new TreeMap<>(ORDER);

  NameTree(Collection<Mailbox> mailboxes) {
    for (Mailbox mailbox : mailboxes) {
      existing.put(mailbox.name(), mailbox);
    }
    names.putAll(existing);
    existing.keySet().forEach(this::addParents);
  }

  /** Adds names that need not exist, and those above them. */
  void addNames(Set<String> more) {
    for (String name : more) {
      names.putIfAbsent(name, null);
      addParents(name);
    }
  }

  private void addParents(String name) {
    for (String parent : parents(name)) {
      names.putIfAbsent(parent, null);
    }
  }

  /** The names above a name, the nearest first. */
  static Set<String> parents(String name) {
    Set<String> parents = new TreeSet<>(ORDER);
    int slash = name.lastIndexOf(ListPattern.SEPARATOR);
    while (slash > 0) {
      parents.add(name.substring(0, slash));
      slash = name.lastIndexOf(ListPattern.SEPARATOR, slash - 1);
    }
    return parents;
  }

  Set<String> names() {
    return names.keySet();
  }

  /** The mailbox of that name, or null when there is none. */
  @Nullable Mailbox mailbox(String name) {
    return existing.get(name);
  }

  /** Whether a mailbox exists below that name. */
  boolean hasChildren(String name) {
    return !below(existing, name).isEmpty();
  }

  /** All names below a name. */
  Set<String> below(String name) {
    return below(names, name).keySet();
  }

  private static <V extends @Nullable Object> SortedMap<String, V> below(
      NavigableMap<String, V> map, String name) {
    return map.subMap(name + ListPattern.SEPARATOR, true, name + "/\uffff", true);
  }
}
