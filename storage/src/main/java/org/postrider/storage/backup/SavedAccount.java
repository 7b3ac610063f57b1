package org.postrider.storage.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.SpecialUse;

/**
 * One account as a snapshot has it, but for its messages.
 *
 * @param aliases addresses that lead to it
 * @param subscriptions names of folders
 * @param folders those that were not deleted, by name
 * @param keywords the names of keywords by mailbox and number
 */
record SavedAccount(
    Account account,
    Set<String> aliases,
    Set<String> subscriptions,
    List<Mailbox> folders,
    Map<Long, Map<Integer, String>> keywords) {
  /** The tables that are read here. */
  static final List<String> TABLES =
      List.of(
          "account",
          "address",
          "alias_target",
          "subscription",
          "mailbox",
          "mailbox_state",
          "keyword");

  /**
   * Reads an account.
   *
   * @param address in canonical form
   * @return null when nobody had that address
   */
  static @Nullable SavedAccount read(Path snapshot, String address) throws IOException {
    long id = 0;
    Map<Long, String> addresses = new TreeMap<>();
    try (NamedRows rows = new NamedRows(snapshot, "address")) {
      while (rows.next()) {
        if (rows.text("address").equals(address)) {
          id = rows.number("account");
        }
      }
    }
    try (NamedRows rows = new NamedRows(snapshot, "address")) {
      while (rows.next()) {
        if (rows.number("account") == id) {
          addresses.put(rows.number("no"), rows.text("address"));
        }
      }
    }
    Account account = account(snapshot, id, List.copyOf(addresses.values()));
    if (account == null) {
      return null;
    }
    List<Mailbox> folders = folders(snapshot, account.id());
    return new SavedAccount(
        account,
        texts(snapshot, "alias_target", "target", "alias", account.addresses()),
        subscriptions(snapshot, id),
        folders,
        keywords(snapshot, folders));
  }

  private static @Nullable Account account(Path snapshot, long id, List<String> addresses)
      throws IOException {
    try (NamedRows rows = new NamedRows(snapshot, "account")) {
      while (rows.next()) {
        if (rows.number("id") == id && rows.isNull("removed_at")) {
          return new Account(
              new AccountId(id),
              rows.text("login"),
              addresses,
              rows.isNull("credential") ? null : rows.text("credential"),
              rows.bool("enabled"),
              rows.number("quota_bytes"),
              rows.number("quota_messages"),
              rows.number("created"),
              rows.has("hold_seconds") && !rows.isNull("hold_seconds")
                  ? Integer.valueOf((int) rows.number("hold_seconds"))
                  : null);
        }
      }
      return null;
    }
  }

  /** The values of a column in the rows that have one of those in another column. */
  private static Set<String> texts(
      Path snapshot, String table, String key, String column, List<String> keys)
      throws IOException {
    Set<String> texts = new HashSet<>();
    try (NamedRows rows = new NamedRows(snapshot, table)) {
      while (rows.next()) {
        if (keys.contains(rows.text(key))) {
          texts.add(rows.text(column));
        }
      }
    }
    return texts;
  }

  private static Set<String> subscriptions(Path snapshot, long account) throws IOException {
    Set<String> names = new HashSet<>();
    try (NamedRows rows = new NamedRows(snapshot, "subscription")) {
      while (rows.next()) {
        if (rows.number("account") == account) {
          names.add(rows.text("name"));
        }
      }
    }
    return names;
  }

  /** All but the Outbox: what it showed was in the queue. */
  private static List<Mailbox> folders(Path snapshot, AccountId account) throws IOException {
    Map<Long, Mailbox> folders = new HashMap<>();
    try (NamedRows rows = new NamedRows(snapshot, "mailbox")) {
      while (rows.next()) {
        if (rows.number("account") == account.value() && rows.isNull("deleted_at")) {
          String use = rows.isNull("special_use") ? null : rows.text("special_use");
          if (SpecialUse.SCHEDULED.name().equals(use)) {
            continue;
          }
          folders.put(
              rows.number("id"),
              new Mailbox(
                  new MailboxId(rows.number("id")),
                  account,
                  rows.text("name"),
                  use == null ? null : SpecialUse.valueOf(use),
                  rows.number("uidvalidity"),
                  1,
                  1,
                  0,
                  0,
                  0,
                  0));
        }
      }
    }
    List<Mailbox> complete = new ArrayList<>();
    try (NamedRows rows = new NamedRows(snapshot, "mailbox_state")) {
      while (rows.next()) {
        Mailbox folder = folders.get(rows.number("mailbox"));
        if (folder != null) {
          complete.add(withNumbers(folder, rows));
        }
      }
    }
    // parents before what is below them
    complete.sort(Comparator.comparing(Mailbox::name));
    return complete;
  }

  private static Mailbox withNumbers(Mailbox folder, NamedRows state) throws IOException {
    return new Mailbox(
        folder.id(),
        folder.account(),
        folder.name(),
        folder.specialUse(),
        folder.uidValidity(),
        state.number("uidnext"),
        state.number("modseq"),
        state.number("messages"),
        state.number("unseen"),
        state.number("deleted"),
        state.number("size"));
  }

  private static Map<Long, Map<Integer, String>> keywords(Path snapshot, List<Mailbox> folders)
      throws IOException {
    Map<Long, Map<Integer, String>> keywords = new HashMap<>();
    folders.forEach(folder -> keywords.put(folder.id().value(), new HashMap<>()));
    try (NamedRows rows = new NamedRows(snapshot, "keyword")) {
      while (rows.next()) {
        Map<Integer, String> names = keywords.get(rows.number("mailbox"));
        if (names != null) {
          names.put((int) rows.number("id"), rows.text("name"));
        }
      }
    }
    return keywords;
  }

  /** The flags of a message of one of the folders. */
  MessageFlags flags(long mailbox, int system, byte @Nullable [] bits) {
    if (bits == null) {
      return MessageFlags.ofBits(system);
    }
    Map<Integer, String> names = keywords.getOrDefault(mailbox, Map.of());
    List<String> set = new ArrayList<>();
    BitSet.valueOf(bits).stream().filter(names::containsKey).mapToObj(names::get).forEach(set::add);
    return MessageFlags.of(system, set);
  }
}
