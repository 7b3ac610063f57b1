package org.postrider.control.operation;

import java.util.List;
import java.util.Optional;
import org.postrider.storage.StorageException;

/** All operations, by the names they have on the wire. */
public final class OperationTable {
  /**
   * An operation.
   *
   * @param name its words on the command line
   */
  public record Row<R extends Record, O extends Operation<R>>(
      String name, Class<O> request, Class<R> reply) {}

  private static final List<Row<?, ?>> ROWS =
      List.of(
          new Row<>("domain add", DomainAdd.class, DomainAdd.Reply.class),
          new Row<>("domain list", DomainList.class, DomainList.Reply.class),
          new Row<>("domain remove", DomainRemove.class, DomainRemove.Reply.class),
          new Row<>("user add", UserAdd.class, UserAdd.Reply.class),
          new Row<>("user list", UserList.class, UserList.Reply.class),
          new Row<>("user show", UserShow.class, UserShow.Reply.class),
          new Row<>("user password", UserPassword.class, UserPassword.Reply.class),
          new Row<>("user enable", UserEnable.class, UserEnable.Reply.class),
          new Row<>("user disable", UserDisable.class, UserDisable.Reply.class),
          new Row<>("user remove", UserRemove.class, UserRemove.Reply.class),
          new Row<>("user restore", UserRestore.class, UserRestore.Reply.class),
          new Row<>("user quota", UserQuota.class, UserQuota.Reply.class),
          new Row<>("user set", UserSet.class, UserSet.Reply.class),
          new Row<>("alias add", AliasAdd.class, AliasAdd.Reply.class),
          new Row<>("alias list", AliasList.class, AliasList.Reply.class),
          new Row<>("alias set", AliasSet.class, AliasSet.Reply.class),
          new Row<>("alias remove", AliasRemove.class, AliasRemove.Reply.class),
          new Row<>("folder list", FolderList.class, FolderList.Reply.class),
          new Row<>("folder create", FolderCreate.class, FolderCreate.Reply.class),
          new Row<>("folder rename", FolderRename.class, FolderRename.Reply.class),
          new Row<>("folder delete", FolderDelete.class, FolderDelete.Reply.class),
          new Row<>("folder restore", FolderRestore.class, FolderRestore.Reply.class),
          new Row<>("folder subscribe", FolderSubscribe.class, FolderSubscribe.Reply.class),
          new Row<>("folder unsubscribe", FolderUnsubscribe.class, FolderUnsubscribe.Reply.class),
          new Row<>("message list", MessageList.class, MessageList.Reply.class),
          new Row<>("message restore", MessageRestore.class, MessageRestore.Reply.class),
          new Row<>("queue list", QueueList.class, QueueList.Reply.class),
          new Row<>("queue show", QueueShow.class, QueueShow.Reply.class),
          new Row<>("queue change", QueueChange.class, QueueChange.Reply.class),
          new Row<>("trace", Trace.class, Trace.Reply.class),
          new Row<>("backup", BackupCreate.class, BackupCreate.Reply.class),
          new Row<>("backup list", BackupList.class, BackupList.Reply.class),
          new Row<>("backup verify", BackupVerify.class, BackupVerify.Reply.class),
          new Row<>("restore", RestoreWhole.class, RestoreWhole.Reply.class),
          new Row<>("restore user", RestoreUser.class, RestoreUser.Reply.class),
          new Row<>("status", StatusShow.class, StatusShow.Reply.class),
          new Row<>("check", StoreCheckRun.class, StoreCheckRun.Reply.class),
          new Row<>("index status", IndexShow.class, IndexShow.Reply.class),
          new Row<>("index rebuild", IndexRebuild.class, IndexRebuild.Reply.class),
          new Row<>("compact", StoreCompact.class, StoreCompact.Reply.class),
          new Row<>("config", ConfigShow.class, ConfigShow.Reply.class),
          new Row<>("reload", ServerReload.class, ServerReload.Reply.class));

  private OperationTable() {}

  public static List<Row<?, ?>> rows() {
    return ROWS;
  }

  public static Optional<Row<?, ?>> named(String name) {
    for (Row<?, ?> row : ROWS) {
      if (row.name().equals(name)) {
        return Optional.of(row);
      }
    }
    return Optional.empty();
  }

  /** The row of a request. */
  @SuppressWarnings("unchecked") // a row's request class is tied to its reply by Row's bounds
  public static <R extends Record> Row<R, ? extends Operation<R>> of(Operation<R> operation) {
    for (Row<?, ?> row : ROWS) {
      if (row.request() == operation.getClass()) {
        return (Row<R, ? extends Operation<R>>) row;
      }
    }
    throw new IllegalArgumentException(operation.getClass() + " has no row");
  }

  /** Executes a request; what the store refuses becomes a {@link Refusal}. */
  public static <R extends Record> R execute(
      Operation<R> operation, Administration administration, Progress progress) throws Refusal {
    try {
      return operation.execute(administration, progress);
    } catch (StorageException e) {
      throw Refusal.of(e);
    }
  }
}
