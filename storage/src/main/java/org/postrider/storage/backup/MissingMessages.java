package org.postrider.storage.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Restoration;
import org.postrider.storage.Restoration.Returning;
import org.postrider.storage.RestorePlan.Fate;
import org.postrider.storage.StagedContent;
import org.postrider.storage.StorageException;

/**
 * Restores some messages that are missing, by their UIDs at least: looks their contents up in the
 * backup, passes over those that the folder has under other UIDs, and puts the others in, a few in
 * each commit. Bytes that the store still has are not copied.
 */
final class MissingMessages {
  /** Messages of one commit: a delivery that comes meanwhile waits for no more than these. */
  private static final int BATCH = 50;

  /** Octets in memory after which a commit is due. */
  private static final long BATCH_OCTETS = 1 << 20;

  private final BackupDirectory directory;
  private final Path snapshot;
  private final Restoration restoration;
  private final Failures failures;
  private final boolean dryRun;
  private final Map<Long, StoredContent> contents = new HashMap<>();

  /** Where contents that several messages share are by now, by their ids in the backup. */
  private final Map<Long, Long> shared = new HashMap<>();

  private final List<Returning> batch = new ArrayList<>();
  private final Set<Long> batchContents = new HashSet<>();
  private long batchOctets;

  /**
   * A message that its folder does not have under its UID.
   *
   * @param fate OLD_UID or NEW_UID
   */
  record Missing(FolderRestore folder, MessageEntry old, Fate fate) {}

  MissingMessages(
      BackupDirectory directory,
      Path snapshot,
      Restoration restoration,
      Failures failures,
      boolean dryRun) {
    this.directory = directory;
    this.snapshot = snapshot;
    this.restoration = restoration;
    this.failures = failures;
    this.dryRun = dryRun;
  }

  /**
   * Restores them.
   *
   * @param missing folder by folder, by UID
   * @param done hears of numbers of messages that are done
   */
  void restore(List<Missing> missing, LongConsumer done) throws IOException {
    lookUp(missing);
    try (Segments segments = new Segments(directory.segments(), 0)) {
      @Nullable FolderRestore folder = null;
      for (Missing each : missing) {
        if (folder != null && folder != each.folder) {
          put(folder);
          folder.forget();
        }
        folder = each.folder;
        take(each, segments);
        done.accept(1);
      }
      if (folder != null) {
        put(folder);
      }
    } finally {
      batch.forEach(MissingMessages::close);
    }
  }

  private void lookUp(List<Missing> missing) throws IOException {
    Set<Long> wanted = new HashSet<>();
    missing.forEach(each -> wanted.add(each.old.content().value()));
    try (TableReader rows = new TableReader(snapshot.resolve(BackupDirectory.CONTENTS))) {
      for (var row = rows.next(); row != null; row = rows.next()) {
        StoredContent stored = StoredContent.of(row);
        if (wanted.contains(stored.content().id())) {
          contents.put(stored.content().id(), stored);
        }
      }
    }
  }

  private void take(Missing missing, Segments segments) {
    FolderRestore folder = missing.folder;
    StoredContent stored = contents.get(missing.old.content().value());
    if (stored == null) {
      fail(folder, missing.old, "it has no content in the backup");
    } else if (folder.hasElsewhere(stored.content().sha256())) {
      folder.there();
    } else if (dryRun) {
      folder.restored(missing.fate == Fate.OLD_UID);
    } else {
      try {
        bring(missing, stored, segments);
      } catch (StorageException e) {
        if (!AccountRestore.isOfOne(e)) {
          throw e;
        }
        fail(folder, missing.old, String.valueOf(e.getMessage()));
      }
    }
  }

  private void bring(Missing missing, StoredContent stored, Segments segments) {
    long id = stored.content().id();
    if (batch.size() == BATCH || batchOctets >= BATCH_OCTETS || batchContents.contains(id)) {
      put(missing.folder);
    }
    Long known = shared.get(id);
    if (known != null || restoration.has(stored.content())) {
      batch.add(new Returning(missing.old, null, known == null ? id : known));
      return;
    }
    if (stored.segment() == 0) {
      fail(missing.folder, missing.old, "it was damaged when it was backed up");
      return;
    }
    StagedContent bytes = read(stored, segments);
    if (bytes == null) {
      fail(
          missing.folder,
          missing.old,
          "its bytes in segments/" + Segments.name(stored.segment()) + " are damaged");
      return;
    }
    batch.add(new Returning(missing.old, bytes, 0));
    batchContents.add(id);
    batchOctets += Math.min(bytes.size(), BATCH_OCTETS);
  }

  /** The bytes of a content, or null when they are not what they should be. */
  private @Nullable StagedContent read(StoredContent stored, Segments segments) {
    if (Files.notExists(segments.file(stored.segment()))) {
      return null;
    }
    try (InputStream bytes = segments.read(stored)) {
      return restoration.stage(stored.content(), bytes);
    } catch (IOException e) {
      return null;
    }
  }

  /** Puts what is gathered into the folder. */
  private void put(FolderRestore folder) {
    List<Returning> messages = List.copyOf(batch);
    batch.clear();
    batchContents.clear();
    batchOctets = 0;
    try {
      put(folder, messages);
    } finally {
      messages.forEach(MissingMessages::close);
    }
  }

  private void put(FolderRestore folder, List<Returning> messages) {
    Mailbox target = folder.target();
    if (messages.isEmpty() || target == null) {
      return;
    }
    try {
      Restoration.Returned returned = restoration.put(target.id(), folder.sameUids(), messages);
      for (int i = 0; i < messages.size(); i++) {
        MessageEntry old = messages.get(i).old();
        folder.restored(folder.sameUids() && returned.uids()[i] == old.uid());
        StoredContent stored = contents.get(old.content().value());
        if (stored != null && stored.content().refs() > 1) {
          shared.put(old.content().value(), returned.contents()[i]);
        }
      }
    } catch (StorageException e) {
      if (!AccountRestore.isOfOne(e)) {
        throw e;
      }
      if (messages.size() == 1) {
        fail(folder, messages.getFirst().old(), String.valueOf(e.getMessage()));
      } else {
        messages.forEach(message -> put(folder, List.of(message)));
      }
    }
  }

  private void fail(FolderRestore folder, MessageEntry old, String why) {
    folder.failed();
    failures.add(folder.old().name(), old.uid(), why);
  }

  private static void close(Returning message) {
    StagedContent bytes = message.bytes();
    if (bytes != null) {
      bytes.close();
    }
  }
}
