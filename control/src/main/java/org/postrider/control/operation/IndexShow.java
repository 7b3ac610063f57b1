package org.postrider.control.operation;

import java.nio.file.Path;
import org.postrider.storage.index.ContentIndex;
import org.postrider.storage.index.IndexStatus;

/** How far the search index is. */
public record IndexShow() implements Operation<IndexShow.Reply> {
  /**
   * The state.
   *
   * @param inUse whether searches of a running server use it
   * @param complete whether every message is in it that can be
   * @param messages different messages that are in it; 0 where no server has it open
   * @param bytes octets on the disk
   * @param position the store's number of the last message that was looked at
   * @param newest the store's number of the newest message
   */
  public record Reply(
      boolean inUse, boolean complete, long messages, long bytes, long position, long newest) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Path directory = directory(administration);
    IndexStatus status =
        administration
            .server()
            .flatMap(RunningServer::index)
            .map(ContentIndex::status)
            .orElseGet(() -> ContentIndex.status(administration.store(), directory));
    return new Reply(
        status.open(),
        status.isComplete(),
        status.contents(),
        status.octets(),
        Math.min(status.position(), status.newest()),
        status.newest());
  }

  static Path directory(Administration administration) throws Refusal {
    return administration
        .installation()
        .store()
        .directory()
        .map(store -> store.resolve(ContentIndex.DIRECTORY))
        .orElseThrow(
            () -> new Refusal(Refusal.Reason.CANNOT, "Only a store in a directory has an index."));
  }
}
