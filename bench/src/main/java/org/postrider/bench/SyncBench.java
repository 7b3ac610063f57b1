package org.postrider.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a client does with a mailbox that it sees for the first time: SELECT and flags, then
 * structures, then bodies.
 */
@Command(name = "sync", description = "Full synchronisation of a mailbox by IMAP.")
final class SyncBench implements Callable<Integer> {
  private static final String[][] STAGES = {
    {"flags", "UID FETCH 1:* (FLAGS)"},
    {"envelopes", "UID FETCH 1:* (ENVELOPE BODYSTRUCTURE)"},
    {"bodies", "UID FETCH 1:* (BODY.PEEK[])"}
  };

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
    for (String[] stage : STAGES) {
      Round round =
          Round.measure(
              target.processes(),
              () -> Round.parallel(clients, client -> fetch(sessions[client], stage[1])));
      report.add(stage[0] + " seconds", round.seconds());
      report.add(stage[0] + " server CPU seconds", round.serverCpu());
    }
  }

  private void fetch(ImapLoad session, String command) throws IOException {
    int lines = session.command(command);
    if (lines < messages) {
      throw new IOException("only " + lines + " of " + messages + " messages came");
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
