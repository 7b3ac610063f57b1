package org.postrider.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a client does with a mailbox that it sees for the first time: SELECT and flags, then
 * structures, then bodies; how it has it searched, and put in order.
 */
@Command(name = "sync", description = "Full synchronisation of a mailbox by IMAP.")
final class SyncBench implements Callable<Integer> {
  /**
   * A command.
   *
   * @param single whether its answer is one line, not one for each message
   */
  private record Stage(String name, String command, boolean single) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage("flags", "UID FETCH 1:* (FLAGS)", false),
          new Stage("envelopes", "UID FETCH 1:* (ENVELOPE BODYSTRUCTURE)", false),
          new Stage("bodies", "UID FETCH 1:* (BODY.PEEK[])", false),
          new Stage("search rare", "UID SEARCH BODY " + Corpus.RARE, true),
          new Stage("search absent", "UID SEARCH TEXT zyzzyva", true),
          new Stage("search common", "UID SEARCH BODY " + Corpus.COMMON, true),
          new Stage("search subject", "UID SEARCH SUBJECT 1234", true),
          new Stage("sort", "UID SORT (SUBJECT DATE) UTF-8 ALL", true),
          new Stage("thread", "UID THREAD REFERENCES UTF-8 ALL", true));

  private static final int SETTLE_MAX = 30;
  private static final int SETTLE_SECONDS = 3;
  private static final double SETTLED = 0.8;

  @Mixin private final Target.Options options = new Target.Options();

  @Option(names = "--messages", defaultValue = "10000", description = "Messages in the mailbox.")
  private int messages;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(
      names = "--clients",
      defaultValue = "1",
      description = "Clients at once, one mailbox each.")
  private int clients;

  @Option(names = "--runs", defaultValue = "9", description = "Rounds, after three to warm up.")
  private int runs;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("sync");
    report.fact("messages", messages);
    report.fact("size", size);
    report.fact("clients", clients);
    try (Target target = Target.open(options, clients)) {
      Round.parallel(clients, client -> fill(target, client));
      settle(target);
      for (int run = -2; run <= runs; run++) {
        ImapLoad[] sessions = new ImapLoad[clients];
        for (int i = 0; i < clients; i++) {
          sessions[i] = target.imap(i);
        }
        round(target, sessions, run > 0 ? report : new Report("warm-up"));
        for (ImapLoad session : sessions) {
          session.close();
        }
      }
      report.fact("residentMegabytes", target.processes().residentBytes() >> 20);
    }
    report.print();
    return 0;
  }

  private void round(Target target, ImapLoad[] sessions, Report report) throws Exception {
    Round select =
        Round.measure(
            target.processes(),
            () -> Round.parallel(clients, client -> sessions[client].command("SELECT INBOX")));
    report.add("select seconds", select.seconds());
    for (Stage stage : STAGES) {
      Round round =
          Round.measure(
              target.processes(),
              () -> Round.parallel(clients, client -> run(sessions[client], stage)));
      report.add(stage.name() + " seconds", round.seconds());
      report.add(stage.name() + " server CPU seconds", round.serverCpu());
    }
  }

  private void run(ImapLoad session, Stage stage) throws IOException {
    int lines = session.command(stage.command());
    if (lines < (stage.single() ? 1 : messages)) {
      throw new IOException("only " + lines + " of " + messages + " messages came");
    }
  }

  /** Waits until searches get no faster: what makes them fast may lag behind. */
  private static void settle(Target target) throws Exception {
    try (ImapLoad imap = target.imap(0)) {
      imap.command("SELECT INBOX");
      double before = Double.MAX_VALUE;
      for (int i = 0; i < SETTLE_MAX; i++) {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        long start = System.nanoTime();
        imap.command("UID SEARCH BODY " + Corpus.RARE);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (i > 1 && seconds > before * SETTLED) {
          return;
        }
        before = seconds;
      }
    }
  }

  /** Fills the mailbox by APPEND, several on their way at once. */
  private void fill(Target target, int client) throws IOException {
    try (ImapLoad imap = target.imap(client)) {
      for (long have = imap.messages("INBOX"); have < messages; have++) {
        imap.append("INBOX", Corpus.message((int) have, size));
      }
    }
  }
}
