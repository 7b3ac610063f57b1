package org.postrider.storage.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Store;
import org.postrider.storage.SystemFlag;

/**
 * What an account holds: as it should be, or as it was read. In what should be, 0 stands for a
 * number that the store did not tell yet.
 */
final class AccountModel {
  /** Where deliveries go; what is in them, {@link Deliveries} knows. */
  static final Set<String> DELIVERED_TO = Set.of("INBOX", "Lists");

  /** A message in a folder. */
  record Entry(long uid, long token, MessageFlags flags) {}

  /** A mailbox. */
  static final class Folder {
    long mailbox;
    long uidValidity;
    long uidNext = 1;
    List<Entry> entries = new ArrayList<>();

    MailboxId id() {
      return new MailboxId(mailbox);
    }

    Folder copy() {
      Folder copy = new Folder();
      copy.mailbox = mailbox;
      copy.uidValidity = uidValidity;
      copy.uidNext = uidNext;
      copy.entries = new ArrayList<>(entries);
      return copy;
    }

    /** Gives the messages at the end, which have no UIDs yet, the UIDs that the store told. */
    void acknowledge(long validity, long[] uids) {
      if (uidValidity != 0 && uidValidity != validity) {
        throw new AssertionError("UIDVALIDITY moved from " + uidValidity + " to " + validity);
      }
      uidValidity = validity;
      int first = entries.size() - uids.length;
      for (int i = 0; i < uids.length; i++) {
        Entry entry = entries.get(first + i);
        if (entry.uid != 0 || uids[i] < uidNext) {
          throw new AssertionError("UIDs " + Arrays.toString(uids) + " below " + uidNext);
        }
        entries.set(first + i, new Entry(uids[i], entry.token, entry.flags));
        uidNext = uids[i] + 1;
      }
    }

    @Override
    public String toString() {
      return "mailbox " + mailbox + "/" + uidValidity + " next " + uidNext + " " + entries;
    }
  }

  final TreeMap<String, Folder> folders = new TreeMap<>();
  final Set<String> subscriptions = new TreeSet<>();

  /** Tokens of messages that were expunged from INBOX or moved out of it. */
  final Set<Long> takenFromInbox = new HashSet<>();

  /** Of what was read: tokens that were expunged, unless they were never delivered. */
  final Set<Long> maybeTaken = new HashSet<>();

  long quotaMessages;

  AccountModel copy() {
    AccountModel copy = new AccountModel();
    folders.forEach((name, folder) -> copy.folders.put(name, folder.copy()));
    copy.subscriptions.addAll(subscriptions);
    copy.takenFromInbox.addAll(takenFromInbox);
    copy.quotaMessages = quotaMessages;
    return copy;
  }

  /** Where this, as it should be, and what was read disagree; empty when they do not. */
  List<String> differences(AccountModel read) {
    List<String> found = new ArrayList<>();
    Set<String> names = new TreeSet<>(folders.keySet());
    names.addAll(read.folders.keySet());
    names.removeAll(DELIVERED_TO);
    for (String name : names) {
      Folder expected = folders.get(name);
      Folder actual = read.folders.get(name);
      if (expected == null || actual == null || !matches(expected, actual)) {
        found.add("folder " + name + "\n  should be " + expected + "\n  but is    " + actual);
      }
    }
    if (!subscriptions.equals(read.subscriptions)) {
      found.add("subscriptions should be " + subscriptions + " but are " + read.subscriptions);
    }
    if (quotaMessages != read.quotaMessages) {
      found.add("quota should be " + quotaMessages + " but is " + read.quotaMessages);
    }
    return found;
  }

  private static boolean matches(Folder expected, Folder actual) {
    boolean same =
        (expected.mailbox == 0 || expected.mailbox == actual.mailbox)
            && (expected.uidValidity == 0 || expected.uidValidity == actual.uidValidity)
            && expected.uidNext <= actual.uidNext
            && expected.entries.size() == actual.entries.size();
    for (int i = 0; same && i < expected.entries.size(); i++) {
      Entry e = expected.entries.get(i);
      Entry a = actual.entries.get(i);
      same =
          e.token == a.token
              && e.flags.equals(a.flags)
              && (e.uid == 0 ? a.uid >= expected.uidNext : e.uid == a.uid);
    }
    return same;
  }

  /**
   * Reads an account whole and compares each mailbox's counters with a recount, and each content
   * with what it should be.
   *
   * @param problems takes what is wrong
   */
  static AccountModel read(Store store, AccountId account, List<String> problems) {
    AccountModel model = new AccountModel();
    for (Mailbox mailbox : store.mailboxes().list(account)) {
      model.folders.put(mailbox.name(), readFolder(store, mailbox, problems));
    }
    model.subscriptions.addAll(store.mailboxes().subscriptions(account));
    model.quotaMessages = store.directory().quota(account).messagesMax();
    long messages = model.folders.values().stream().mapToLong(f -> f.entries.size()).sum();
    if (messages != store.directory().quota(account).messages()) {
      problems.add(
          "corrupt: "
              + "quota counts "
              + store.directory().quota(account)
              + ", there are "
              + messages);
    }
    return model;
  }

  private static Folder readFolder(Store store, Mailbox mailbox, List<String> problems) {
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(mailbox.id(), 1, 0xffff_ffffL, entries::add);
    Map<ContentId, Long> tokens = readContents(store, entries, problems);
    Folder folder = new Folder();
    folder.mailbox = mailbox.id().value();
    folder.uidValidity = mailbox.uidValidity();
    folder.uidNext = mailbox.uidNext();
    long last = 0;
    long unseen = 0;
    long deleted = 0;
    long size = 0;
    for (MessageEntry e : entries) {
      long token = Objects.requireNonNullElse(tokens.get(e.content()), -1L);
      folder.entries.add(new Entry(e.uid(), token, e.flags()));
      if (e.uid() <= last || e.uid() >= mailbox.uidNext() || e.modSeq() > mailbox.highestModSeq()) {
        problems.add("corrupt: " + "UID or MODSEQ out of order in " + mailbox + ": " + e);
      }
      last = e.uid();
      unseen += e.flags().has(SystemFlag.SEEN) ? 0 : 1;
      deleted += e.flags().has(SystemFlag.DELETED) ? 1 : 0;
      size += e.size();
    }
    if (mailbox.messages() != entries.size()
        || mailbox.unseen() != unseen
        || mailbox.deleted() != deleted
        || mailbox.size() != size) {
      problems.add("corrupt: " + "counters differ from " + mailbox + ": " + folder);
    }
    return folder;
  }

  /** The tokens of contents, of which each octet was compared. */
  static Map<ContentId, Long> readContents(
      Store store, List<MessageEntry> entries, List<String> problems) {
    Map<ContentId, Long> sizes = new HashMap<>();
    entries.forEach(e -> sizes.put(e.content(), e.size()));
    Map<ContentId, Long> tokens = new HashMap<>();
    try {
      store
          .contents()
          .bytes(
              List.copyOf(sizes.keySet()),
              (content, bytes) -> {
                long token = SampleMail.token(bytes);
                if (!Arrays.equals(bytes, SampleMail.of(token))
                    || bytes.length != Objects.requireNonNull(sizes.get(content))
                    || store.contents().digest(content).size() != bytes.length) {
                  problems.add("corrupt: " + "content " + content + " is damaged");
                }
                tokens.put(content, token);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      problems.add("corrupt: " + "a content is damaged: " + e.getMessage());
    }
    if (tokens.size() != sizes.size()) {
      problems.add(
          "corrupt: "
              + "contents are missing: of "
              + sizes.keySet()
              + " there are "
              + tokens.keySet());
    }
    return tokens;
  }
}
