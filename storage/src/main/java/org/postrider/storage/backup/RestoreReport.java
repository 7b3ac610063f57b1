package org.postrider.storage.backup;

import java.util.List;

/**
 * What a restoration of one account brought back, or would.
 *
 * @param user the login
 * @param snapshot the name of the snapshot
 * @param account what became of the account itself
 * @param dryRun nothing was changed
 * @param folders by name
 * @param failures the first of the messages that could not be restored
 * @param overQuota the account now holds more than its quota allows
 * @param notes what else the administrator should know, in sentences
 */
public record RestoreReport(
    String user,
    String snapshot,
    AccountState account,
    boolean dryRun,
    List<Folder> folders,
    List<Failure> failures,
    boolean overQuota,
    List<String> notes) {

  /** What became of an account. */
  public enum AccountState {
    /** It was there, and is as it was. */
    THERE,
    /** It was removed within its retention, and was brought back. */
    BROUGHT_BACK,
    /** It was made anew, with credential and quota of the backup. */
    MADE
  }

  /** Where a folder's messages went. */
  public enum Into {
    /** The same folder, which was there. */
    SAME,
    /** Another folder that has the name now. */
    OTHER,
    /** The folder itself, which was deleted within its retention, and was brought back. */
    BROUGHT_BACK,
    /** A new folder. */
    NEW,
    /** Nowhere; it could not be made. */
    NONE
  }

  /**
   * A folder.
   *
   * @param name as it was backed up
   * @param now the name of the folder that its messages went to
   * @param sameUidValidity mail clients and POP3 can keep what they know of it
   * @param oldUid messages restored with their UIDs
   * @param newUid messages restored with new UIDs
   * @param there messages that were there
   * @param failed messages that could not be restored
   */
  public record Folder(
      String name,
      String now,
      Into into,
      boolean sameUidValidity,
      long oldUid,
      long newUid,
      long there,
      long failed) {}

  /**
   * A message that could not be restored.
   *
   * @param uid as it was backed up; 0 for all of the folder
   */
  public record Failure(String folder, long uid, String why) {}

  /** Messages that came back, or would. */
  public long restored() {
    return folders.stream().mapToLong(folder -> folder.oldUid() + folder.newUid()).sum();
  }

  /** Messages that could not be restored. */
  public long failed() {
    return folders.stream().mapToLong(Folder::failed).sum();
  }
}
