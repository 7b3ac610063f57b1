package org.postrider.control.operation;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StoreCompaction;

/**
 * Writes the store into a new file that is as small as what it holds, leaving behind what cannot be
 * read. No server may run.
 *
 * @param acceptOlder whether to give up the newest changes of a store that does not open otherwise
 */
public record StoreCompact(boolean acceptOlder) implements Operation<StoreCompact.Reply> {
  /**
   * What became of it.
   *
   * @param leftBehind rows that cannot be read, in words; the first of them
   * @param violations what the check of the new file found and whether it was mended
   * @param old the old file
   * @param wentBackTo the time (ISO 8601) whose state it is, if what came after was given up
   */
  public record Reply(
      long bytesBefore,
      long bytesAfter,
      long rows,
      List<String> leftBehind,
      List<String> violations,
      String old,
      @Nullable String wentBackTo) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    if (administration.server().isPresent()) {
      throw new Refusal(
          Refusal.Reason.CANNOT,
          "The server runs on this store: stop it, then compact. (While it runs it uses free space"
              + " again by itself.)");
    }
    StoreCompaction.Result result =
        StoreCompaction.run(administration.installation().store(), acceptOlder, progress::report);
    return new Reply(
        result.octetsBefore(),
        result.octetsAfter(),
        result.rows(),
        result.leftBehind(),
        result.violations(),
        result.old().toString(),
        result.wentBackTo() == null ? null : Objects.toString(result.wentBackTo()));
  }
}
