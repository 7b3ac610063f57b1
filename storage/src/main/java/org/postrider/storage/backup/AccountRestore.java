package org.postrider.storage.backup;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Mailboxes;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.QuotaUsage;
import org.postrider.storage.Restoration;
import org.postrider.storage.Restoration.Owner;
import org.postrider.storage.RestorePlan;
import org.postrider.storage.RestorePlan.Destination;
import org.postrider.storage.RestorePlan.Fate;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;

/**
 * Brings one account, or one folder of it with those below, back from a snapshot. The snapshot's
 * messages are read twice from end to end: for the UIDs, of which all are kept in memory, and then
 * for the messages, of which those that are missing are gathered and looked up in the list of
 * contents together.
 */
final class AccountRestore {
  private static final int PAGE = 1_000;

  /** Missing messages that are gathered. */
  private static final int WINDOW = 20_000;

  private final BackupDirectory directory;
  private final Snapshot snapshot;
  private final Path path;
  private final Store store;
  private final Restoration restoration;
  private final boolean dryRun;
  private final Backups.Progress progress;
  private final Map<Long, FolderRestore> folders = new LinkedHashMap<>();
  private final List<MissingMessages.Missing> missing = new ArrayList<>();
  private final Failures failures = new Failures();
  private final List<String> notes = new ArrayList<>();
  private long total;
  private long done;

  AccountRestore(
      BackupDirectory directory,
      Snapshot snapshot,
      Store store,
      Restoration restoration,
      boolean dryRun,
      Backups.Progress progress) {
    this.directory = directory;
    this.snapshot = snapshot;
    this.path = directory.snapshot(snapshot.name());
    this.store = store;
    this.restoration = restoration;
    this.dryRun = dryRun;
    this.progress = progress;
  }

  /**
   * Restores.
   *
   * @param folder a name, or null for all
   * @throws IOException naming the file, when rows of the backup are damaged; nothing was changed
   */
  RestoreReport run(String address, @Nullable String folder) throws IOException {
    requireSound();
    String canonical = Restoration.canonical(address);
    SavedAccount saved = SavedAccount.read(path, canonical);
    if (saved == null) {
      throw new StorageException(
          NOT_FOUND, "The snapshot " + snapshot.name() + " has no user " + canonical);
    }
    List<Mailbox> selected = select(saved, folder);
    Map<Long, long[]> uids = uids(selected);
    Owner owner = restoration.owner(saved.account());
    RestoreReport.AccountState state =
        switch (owner) {
          case Owner.There(AccountId _) -> RestoreReport.AccountState.THERE;
          case Owner.Removed _ -> RestoreReport.AccountState.BROUGHT_BACK;
          case Owner.Gone() -> RestoreReport.AccountState.MADE;
        };
    if (!dryRun) {
      owner = new Owner.There(restoration.bringBack(owner, saved.account(), inbox(saved)));
      if (state != RestoreReport.AccountState.THERE) {
        restoreAliases(saved);
      }
    }
    open(saved, selected, uids, owner, state);
    messages(saved);
    restoreMissing();
    return new RestoreReport(
        saved.account().login(),
        snapshot.name(),
        state,
        dryRun,
        folders.values().stream()
            .map(each -> each.report(state == RestoreReport.AccountState.MADE))
            .toList(),
        failures.list(),
        !dryRun && owner instanceof Owner.There(AccountId id) && isOverQuota(id),
        List.copyOf(notes));
  }

  /** Compares the checksums of the tables: what they say goes straight into the live store. */
  private void requireSound() throws IOException {
    Map<String, String> sums = directory.sums(snapshot.name());
    List<String> tables = new ArrayList<>(SavedAccount.TABLES);
    tables.add("message");
    tables.add("contents");
    for (String table : tables) {
      Path file = path.resolve(table + ".gz");
      String sum = sums.get("snapshots/" + snapshot.name() + "/" + table + ".gz");
      if (!BackupDirectory.sha256(file).equals(sum)) {
        throw new IOException(file + " is damaged; take another snapshot");
      }
    }
  }

  private List<Mailbox> select(SavedAccount saved, @Nullable String folder) {
    if (folder == null) {
      return saved.folders();
    }
    String name = Mailboxes.canonicalName(folder);
    List<Mailbox> selected =
        saved.folders().stream()
            .filter(old -> old.name().equals(name) || old.name().startsWith(name + "/"))
            .toList();
    if (selected.isEmpty()) {
      throw new StorageException(
          NOT_FOUND,
          "In the snapshot "
              + snapshot.name()
              + ", "
              + saved.account().login()
              + " has no folder '"
              + name
              + "'");
    }
    return selected;
  }

  private static Mailbox inbox(SavedAccount saved) throws IOException {
    return saved.folders().stream()
        .filter(folder -> folder.name().equals("INBOX"))
        .findFirst()
        .orElseThrow(() -> new IOException("the user has no INBOX in the backup"));
  }

  private void restoreAliases(SavedAccount saved) {
    for (String alias : saved.aliases()) {
      try {
        if (store.directory().alias(alias).stream()
            .noneMatch(there -> there.targets().contains(saved.account().login()))) {
          store.directory().addAlias(alias, List.of(saved.account().login()));
          notes.add("The alias " + alias + " was restored.");
        }
      } catch (StorageException e) {
        notes.add("The alias " + alias + " was not restored: " + e.getMessage() + ".");
      }
    }
  }

  /** The UIDs of each folder's messages. */
  private Map<Long, long[]> uids(List<Mailbox> selected) throws IOException {
    Map<Long, LongStream.Builder> builders = new HashMap<>();
    selected.forEach(folder -> builders.put(folder.id().value(), LongStream.builder()));
    try (NamedRows rows = new NamedRows(path, "message")) {
      while (rows.next()) {
        LongStream.Builder builder = builders.get(rows.number("mailbox"));
        if (builder != null) {
          builder.add(uid(rows));
        }
      }
    }
    Map<Long, long[]> uids = new HashMap<>();
    builders.forEach((folder, builder) -> uids.put(folder, builder.build().toArray()));
    return uids;
  }

  private static long uid(NamedRows rows) throws IOException {
    return rows.number("id") & 0xFFFF_FFFFL;
  }

  private void open(
      SavedAccount saved,
      List<Mailbox> selected,
      Map<Long, long[]> uids,
      Owner owner,
      RestoreReport.AccountState state) {
    RestorePlan.Mailboxes standing = restoration.mailboxes(owner);
    boolean wasGone = state == RestoreReport.AccountState.MADE;
    Set<String> subscribed = saved.subscriptions();
    for (Mailbox old : selected) {
      long[] savedUids = uids.getOrDefault(old.id().value(), new long[0]);
      Destination destination = RestorePlan.destination(old, standing);
      FolderRestore folder = new FolderRestore(restoration, old, destination, savedUids);
      folders.put(old.id().value(), folder);
      total += savedUids.length;
      if (!dryRun && owner instanceof Owner.There(AccountId account)) {
        try {
          folder.into(restoration.open(destination, account, old));
          boolean isNew = wasGone || destination instanceof Destination.Fresh;
          if (isNew && subscribed.contains(old.name())) {
            store.mailboxes().subscribe(account, old.name());
          }
        } catch (StorageException e) {
          refuse(folder, e);
        }
      }
    }
  }

  private void refuse(FolderRestore folder, StorageException e) {
    if (!isOfOne(e)) {
      throw e;
    }
    folder.refused();
    done += folder.saved();
    failures.add(folder.old().name(), 0, String.valueOf(e.getMessage()));
  }

  /** Whether a refusal concerns one folder or message, and the others may go on. */
  static boolean isOfOne(StorageException e) {
    return switch (e.reason()) {
      case NOT_FOUND, ALREADY_EXISTS, BAD_NAME, LIMIT, CANNOT, TOO_BIG, OVER_QUOTA -> true;
      case NO_SPACE, IN_USE, DAMAGED, UNAVAILABLE -> false;
    };
  }

  /** Looks at all messages of the folders, and restores those that are missing. */
  private void messages(SavedAccount saved) throws IOException {
    @Nullable FolderRestore folder = null;
    List<MessageEntry> page = new ArrayList<>();
    try (NamedRows rows = new NamedRows(path, "message")) {
      while (rows.next()) {
        FolderRestore next = folders.get(rows.number("mailbox"));
        if (next == null || next.isRefused()) {
          continue;
        }
        if (folder != null && (folder != next || page.size() == PAGE)) {
          look(folder, page);
          page.clear();
        }
        folder = next;
        page.add(entry(saved, rows));
      }
    }
    if (folder != null) {
      look(folder, page);
    }
  }

  private static MessageEntry entry(SavedAccount saved, NamedRows rows) throws IOException {
    return new MessageEntry(
        uid(rows),
        rows.number("modseq"),
        saved.flags(
            rows.number("mailbox"),
            (int) rows.number("flags"),
            rows.isNull("keywords") ? null : rows.bytes("keywords")),
        rows.number("internal_date"),
        rows.number("save_date"),
        rows.number("size"),
        new ContentId(rows.number("content")));
  }

  private void look(FolderRestore folder, List<MessageEntry> page) throws IOException {
    List<Fate> fates = folder.fates(page);
    for (int i = 0; i < fates.size(); i++) {
      if (fates.get(i) == Fate.THERE) {
        folder.there();
        done++;
      } else {
        missing.add(new MissingMessages.Missing(folder, page.get(i), fates.get(i)));
      }
    }
    progress.report("messages", done, total);
    if (missing.size() >= WINDOW) {
      restoreMissing();
    }
  }

  private void restoreMissing() throws IOException {
    if (!missing.isEmpty()) {
      new MissingMessages(directory, path, restoration, failures, dryRun)
          .restore(
              missing,
              messages -> {
                done += messages;
                progress.report("messages", done, total);
              });
      missing.clear();
    }
  }

  private boolean isOverQuota(AccountId id) {
    QuotaUsage quota = store.directory().quota(id);
    return (quota.bytesMax() != 0 && quota.bytes() > quota.bytesMax())
        || (quota.messagesMax() != 0 && quota.messages() > quota.messagesMax());
  }
}
