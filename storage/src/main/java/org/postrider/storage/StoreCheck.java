package org.postrider.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.message.ContentDigest;

/**
 * Checks the invariants of the store beside its work: UIDs and mod-sequences lie below the
 * mailbox's, counters equal a recount, references are exact, every message has its content, and
 * every content all its pieces and its checksum. Everything is read by pages, and what seems wrong
 * because mail flows is looked at again in one moment, so the memory it takes does not depend on
 * the store.
 *
 * <p>What follows from something else can be mended: counters, numbers, references, digests, what
 * belongs to nobody. Bytes that are damaged cannot; they go into quarantine, mended or not, so that
 * who asks for them hears it, and everybody else is served.
 */
public final class StoreCheck {
  /** Damaged messages that are named. */
  private static final int NAMED_MAX = 10_000;

  /** Hears how far it is, and what is wrong; called from the thread that runs the check. */
  public interface Listener {
    void progress(String what, long done, long total);

    void violation(Violation violation);
  }

  /**
   * What is wanted.
   *
   * @param bytes whether the bytes of all messages are read and compared with their checksums
   * @param repair whether to mend
   */
  public record Options(boolean bytes, boolean repair) {}

  /**
   * What was looked at and found.
   *
   * @param octets of bytes that were compared with their checksums
   * @param quarantined contents that are damaged now
   */
  public record Result(
      long messages, long contents, long octets, long violations, long mended, long quarantined) {}

  private final CheckRun run;
  private final Options options;
  private final Map<Long, String> damaged = new HashMap<>();

  private StoreCheck(CheckRun run, Options options) {
    this.run = run;
    this.options = options;
  }

  /** What breaks an invariant, one line each; empty when all is well. */
  public static List<String> run(Store store) {
    List<String> violations = new ArrayList<>();
    run(
        store,
        new Options(true, false),
        new Listener() {
          @Override
          public void progress(String what, long done, long total) {}

          @Override
          public void violation(Violation violation) {
            violations.add(violation.toString());
          }
        });
    return violations;
  }

  /**
   * Checks the store. Takes a thread for as long as it lasts: a platform thread is better.
   *
   * @throws StorageException UNAVAILABLE when the store fails as a whole
   */
  public static Result run(Store store, Options options, Listener listener) {
    return new StoreCheck(new CheckRun(store, options.repair, listener), options).run();
  }

  private Result run() {
    Store store = run.store();
    StoreStatistics sizes = store.statistics();
    TableRules.check(run);
    EntryCheck messages = new EntryCheck(run, "message");
    messages.check(sizes.messages());
    EntryCheck expunged = new EntryCheck(run, "expunged");
    expunged.check(0);
    new OutboxCheck(run).check();
    new CounterCheck(run).check(sizes.mailboxes());
    new ReferenceCheck(run).check(!messages.hasGaps() && !expunged.hasGaps(), sizes.contents());
    ContentCheck contents = new ContentCheck(store, new Findings());
    if (options.bytes) {
      long last = 0;
      while (last < Long.MAX_VALUE) {
        last = contents.step(last);
        run.listener().progress("contents", contents.contents(), sizes.contents());
      }
      nameDamaged();
    }
    if (options.bytes && run.violations() == run.mended() && store.quarantine().size() == 0) {
      store.housekeeping().foundSound();
    }
    return new Result(
        messages.read(),
        options.bytes ? contents.contents() : sizes.contents(),
        contents.octets(),
        run.violations(),
        run.mended(),
        store.quarantine().size());
  }

  /** Tells which messages have the contents that are damaged. */
  private void nameDamaged() {
    if (damaged.isEmpty()) {
      return;
    }
    Set<Long> unnamed = new HashSet<>(damaged.keySet());
    run.whereabouts()
        .holders(
            damaged.keySet(),
            (content, message) -> {
              unnamed.remove(content);
              run.found(
                  "message is damaged",
                  message
                      + run.whereabouts().subject(content)
                      + ", content "
                      + content
                      + ": "
                      + damaged.get(content));
            });
    for (long content : unnamed) {
      run.found(
          "content is damaged", "content " + content + ", in no folder: " + damaged.get(content));
    }
    damaged.clear();
  }

  private final class Findings implements ContentCheck.Findings {
    @Override
    public void damaged(long content, String why) {
      damaged.put(content, why);
      if (damaged.size() == NAMED_MAX) {
        nameDamaged();
      }
    }

    @Override
    public void digest(long content) {
      ContentDigest digest = ContentCheck.digest(run.store(), content);
      run.found(
          "content with a digest that is not its own",
          "content " + content,
          tx -> {
            tx.execute(
                "UPDATE content SET digest = ?, header_size = ? WHERE id = ?",
                digest.toBytes(),
                digest.headerSize(),
                content);
            return "computed again";
          });
    }

    @Override
    public void orphan(long content) {
      run.found(
          "pieces of no content",
          "content " + content,
          tx -> {
            tx.execute(
                "INSERT INTO unreferenced (content, since) SELECT ?, ? WHERE NOT EXISTS (SELECT 1"
                    + " FROM unreferenced WHERE content = ?)",
                content,
                run.store().clock().millis(),
                content);
            return "left to the sweep";
          });
    }
  }
}
