package org.postrider.storage.backup;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DigestBag;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Restoration;
import org.postrider.storage.RestorePlan.Destination;
import org.postrider.storage.RestorePlan.Fate;

/** One folder of a restoration: where its messages go, and what became of them so far. */
final class FolderRestore {
  private final Restoration restoration;
  private final Mailbox old;
  private final Destination destination;
  private final long[] savedUids;
  private @Nullable Mailbox target;
  private @Nullable DigestBag others;
  private long oldUid;
  private long newUid;
  private long there;
  private long failed;
  private boolean refused;

  /**
   * @param savedUids all UIDs in the backup, ascending
   */
  FolderRestore(Restoration restoration, Mailbox old, Destination destination, long[] savedUids) {
    this.restoration = restoration;
    this.old = old;
    this.destination = destination;
    this.savedUids = savedUids;
    this.target =
        switch (destination) {
          case Destination.Same(Mailbox mailbox) -> mailbox;
          case Destination.Other(Mailbox mailbox) -> mailbox;
          case Destination.Held(Mailbox mailbox) -> mailbox;
          case Destination.Fresh(boolean _) -> null;
        };
  }

  Mailbox old() {
    return old;
  }

  Destination destination() {
    return destination;
  }

  /** How many messages the backup has. */
  int saved() {
    return savedUids.length;
  }

  /** The mailbox that the messages go to; null while it is to be made. */
  @Nullable Mailbox target() {
    return target;
  }

  void into(Mailbox mailbox) {
    target = mailbox;
  }

  /** Whether UIDs of the backup and of the target mean the same messages. */
  boolean sameUids() {
    return switch (destination) {
      case Destination.Same(Mailbox _), Destination.Held(Mailbox _) -> true;
      case Destination.Other(Mailbox _) -> false;
      case Destination.Fresh(boolean sameUids) -> sameUids;
    };
  }

  /** What becomes of some messages, as far as their UIDs tell. */
  List<Fate> fates(List<MessageEntry> entries) {
    return switch (destination) {
      case Destination.Same(Mailbox mailbox) -> restoration.fates(mailbox, entries);
      case Destination.Held(Mailbox mailbox) -> restoration.fates(mailbox, entries);
      case Destination.Other(Mailbox _) -> entries.stream().map(entry -> Fate.NEW_UID).toList();
      case Destination.Fresh(boolean sameUids) ->
          entries.stream().map(entry -> sameUids ? Fate.OLD_UID : Fate.NEW_UID).toList();
    };
  }

  /**
   * Whether the folder has that message under a UID that is none of the backup's. A message that is
   * there stands for one of the backup only.
   */
  boolean hasElsewhere(byte[] sha256) {
    DigestBag bag = others;
    if (bag == null) {
      bag =
          switch (destination) {
            case Destination.Same(Mailbox mailbox) -> digests(mailbox);
            case Destination.Held(Mailbox mailbox) -> digests(mailbox);
            case Destination.Other(Mailbox mailbox) ->
                restoration.digests(mailbox.id(), uid -> false);
            case Destination.Fresh(boolean _) -> DigestBag.empty();
          };
      others = bag;
    }
    return bag.take(sha256);
  }

  private DigestBag digests(Mailbox mailbox) {
    return restoration.digests(mailbox.id(), uid -> Arrays.binarySearch(savedUids, uid) >= 0);
  }

  /** Lets go of what it holds in memory; no message of the folder follows. */
  void forget() {
    others = null;
  }

  void there() {
    there++;
  }

  void restored(boolean underOldUid) {
    if (underOldUid) {
      oldUid++;
    } else {
      newUid++;
    }
  }

  void failed() {
    failed++;
  }

  /** Notes that there is nowhere to put the messages. */
  void refused() {
    refused = true;
    failed = savedUids.length;
  }

  boolean isRefused() {
    return refused;
  }

  /**
   * What became of it.
   *
   * @param accountMade whether the account was gone, and its INBOX was made with it
   */
  RestoreReport.Folder report(boolean accountMade) {
    Mailbox into = target;
    return new RestoreReport.Folder(
        old.name(),
        into == null || destination instanceof Destination.Held ? old.name() : into.name(),
        refused ? RestoreReport.Into.NONE : into(accountMade),
        into == null ? sameUids() && !refused : into.uidValidity() == old.uidValidity(),
        oldUid,
        newUid,
        there,
        failed);
  }

  private RestoreReport.Into into(boolean accountMade) {
    return switch (destination) {
      case Destination.Same(Mailbox _) ->
          accountMade ? RestoreReport.Into.NEW : RestoreReport.Into.SAME;
      case Destination.Other(Mailbox _) -> RestoreReport.Into.OTHER;
      case Destination.Held(Mailbox _) -> RestoreReport.Into.BROUGHT_BACK;
      case Destination.Fresh(boolean _) -> RestoreReport.Into.NEW;
    };
  }
}
