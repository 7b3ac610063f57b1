package org.postrider.control.operation;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Store;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.RestoreReport;

/**
 * Brings back what is missing of one user, or of one folder with those below it, from a backup,
 * while mail flows. To do it again restores nothing more.
 *
 * @param directory absolute
 * @param snapshot its name, or null for the last one
 * @param user an address
 * @param folder null for all
 * @param dryRun only says what would be done
 */
public record RestoreUser(
    String directory,
    @Nullable String snapshot,
    String user,
    @Nullable String folder,
    boolean dryRun)
    implements Operation<RestoreUser.Reply> {
  /**
   * What came back, or would.
   *
   * @param user the login
   * @param snapshot the name of the snapshot
   * @param restored messages that came back
   * @param failed messages that could not be restored
   * @param folders by name
   * @param failures the first of the messages that could not be restored
   * @param overQuota the user now has more than the quota allows
   * @param notes what else the administrator should know, in sentences
   */
  public record Reply(
      String user,
      String snapshot,
      UserState userState,
      boolean dryRun,
      long restored,
      long failed,
      List<Folder> folders,
      List<Failure> failures,
      boolean overQuota,
      List<String> notes) {}

  /** What became of the user. */
  public enum UserState {
    /** Was there, and is as before. */
    THERE,
    /** Was removed not long ago, and was brought back. */
    BROUGHT_BACK,
    /** Was gone, and was made anew. */
    MADE
  }

  /** Where the messages of a folder went. */
  public enum Into {
    SAME,
    /** Another folder has the name. */
    OTHER,
    /** The folder was deleted not long ago, and was brought back. */
    BROUGHT_BACK,
    NEW,
    /** It could not be made. */
    NONE
  }

  /**
   * A folder.
   *
   * @param name as it was backed up
   * @param now the name of the folder that the messages went to
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

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    String address = Lookup.address(user);
    Store store = administration.store();
    return LongWork.run(() -> {
      RestoreReport report =
          Backups.restoreAccount(
              store,
              Path.of(directory),
              new Backups.Selection(address, folder, snapshot, dryRun),
              progress::report);
      if (report.account() != RestoreReport.AccountState.THERE) {
        store
            .directory()
            .account(report.user())
            .ifPresent(account -> administration.credentialChanged(account.id()));
      }
      return reply(report);
    });
  }

  private static Reply reply(RestoreReport report) {
    return new Reply(
        report.user(),
        report.snapshot(),
        switch (report.account()) {
          case THERE -> UserState.THERE;
          case BROUGHT_BACK -> UserState.BROUGHT_BACK;
          case MADE -> UserState.MADE;
        },
        report.dryRun(),
        report.restored(),
        report.failed(),
        report.folders().stream().map(RestoreUser::folder).toList(),
        report.failures().stream()
            .map(failure -> new Failure(failure.folder(), failure.uid(), failure.why()))
            .toList(),
        report.overQuota(),
        report.notes());
  }

  private static Folder folder(RestoreReport.Folder folder) {
    return new Folder(
        folder.name(),
        folder.now(),
        switch (folder.into()) {
          case SAME -> Into.SAME;
          case OTHER -> Into.OTHER;
          case BROUGHT_BACK -> Into.BROUGHT_BACK;
          case NEW -> Into.NEW;
          case NONE -> Into.NONE;
        },
        folder.sameUidValidity(),
        folder.oldUid(),
        folder.newUid(),
        folder.there(),
        folder.failed());
  }
}
