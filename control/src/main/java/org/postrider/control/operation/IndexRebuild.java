package org.postrider.control.operation;

import java.io.IOException;
import java.nio.file.Path;
import org.postrider.storage.index.ContentIndex;

/**
 * Has the search index made anew. A running server begins at once, and its searches read all
 * messages meanwhile; where none runs, the next one does it.
 */
public record IndexRebuild() implements Operation<IndexRebuild.Reply> {
  /**
   * Done.
   *
   * @param running whether a server makes it now
   */
  public record Reply(boolean running) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Path directory = IndexShow.directory(administration);
    if (administration.server().isEmpty()) {
      administration.store(); // no other process has it
      try {
        ContentIndex.remove(directory);
      } catch (IOException e) {
        throw new Refusal(
            Refusal.Reason.CANNOT, directory + " cannot be removed: " + e.getMessage());
      }
      return new Reply(false);
    }
    administration
        .server()
        .flatMap(RunningServer::index)
        .orElseThrow(() ->
            new Refusal(
                Refusal.Reason.CANNOT, "The server has no index: storage.search-index is off."))
        .rebuild();
    return new Reply(true);
  }
}
