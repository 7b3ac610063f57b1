package org.postrider.control.operation;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.postrider.storage.StorageException;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.Violation;

/**
 * Checks the store while mail flows, and mends what can be derived if that is wanted.
 *
 * @param repair whether to mend
 * @param quick whether to leave out the bytes of the messages and their checksums
 */
public record StoreCheckRun(boolean repair, boolean quick)
    implements Operation<StoreCheckRun.Reply> {
  /** Violations that are named in a reply; the others are counted. */
  private static final int NAMED_MAX = 10_000;

  /**
   * What was looked at and found.
   *
   * @param bytes octets compared with their checksums
   * @param damaged contents that cannot be read back as they came; they are in quarantine
   * @param found the first of the violations, in the order they were found
   */
  public record Reply(
      long messages,
      long contents,
      long bytes,
      long violations,
      long mended,
      long damaged,
      List<Violation> found) {
    /** Whether there is nothing wrong (any more). */
    public boolean allIsWell() {
      return violations == mended && damaged == 0;
    }
  }

  @Override
  public Reply execute(Administration administration, Progress progress) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    // It burns CPU for long, which on a virtual thread would keep others from a carrier.
    Thread.ofPlatform()
        .name("store check")
        .start(() -> {
          try {
            reply.complete(check(administration, progress));
          } catch (RuntimeException | Error e) {
            reply.completeExceptionally(e);
          }
        });
    try {
      return reply.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException refused) {
        throw refused;
      }
      if (e.getCause() instanceof UncheckedIOException gone) {
        throw gone; // who asked went away
      }
      throw e;
    }
  }

  private Reply check(Administration administration, Progress progress) {
    List<Violation> found = new ArrayList<>();
    StoreCheck.Result result =
        StoreCheck.run(
            administration.store(),
            new StoreCheck.Options(!quick, repair),
            new StoreCheck.Listener() {
              @Override
              public void progress(String what, long done, long total) {
                progress.report(what, done, total);
              }

              @Override
              public void violation(Violation violation) {
                if (found.size() < NAMED_MAX) {
                  found.add(violation);
                }
              }
            });
    return new Reply(
        result.messages(),
        result.contents(),
        result.octets(),
        result.violations(),
        result.mended(),
        result.quarantined(),
        found);
  }
}
