package org.postrider.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Many sessions in IDLE on one mailbox: what each costs, and how soon all hear of a new message.
 */
@Command(
    name = "idle",
    description = "Sessions in IDLE: memory of each, time until all hear of new mail.")
final class IdleBench implements Callable<Integer> {
  @Mixin private final Target.Options options = new Target.Options();

  @Option(names = "--sessions", defaultValue = "2000", description = "Sessions in IDLE.")
  private int sessions;

  @Option(names = "--runs", defaultValue = "5", description = "Messages to announce.")
  private int runs;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("idle");
    report.fact("sessions", sessions);
    try (Target target = Target.open(options, 1);
        ImapLoad sender = target.imap(0)) {
      long before = target.processes().residentBytes();
      List<ImapLoad> idle = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        ImapLoad session = target.imap(0);
        session.command("SELECT INBOX");
        session.wire().send("i IDLE\r\n");
        session.wire().line();
        idle.add(session);
      }
      long after = target.processes().residentBytes();
      report.fact("residentKilobytesPerSession", ((after - before) >> 10) / sessions);
      for (int run = 0; run <= runs; run++) {
        int number = run;
        Round round =
            Round.measure(
                target.processes(),
                () -> {
                  sender.append("INBOX", Corpus.message(number, 4096));
                  for (ImapLoad session : idle) {
                    awaitExists(session.wire());
                  }
                });
        if (run > 0) {
          report.add("seconds until all heard", round.seconds());
          report.add("server CPU µs per session", round.serverCpu() * 1e6 / sessions);
        }
      }
      for (ImapLoad session : idle) {
        session.close();
      }
    }
    report.print();
    return 0;
  }

  private static void awaitExists(Wire wire) throws IOException {
    while (!wire.line().endsWith(" EXISTS")) {
      // RECENT and the like come with it
    }
  }
}
