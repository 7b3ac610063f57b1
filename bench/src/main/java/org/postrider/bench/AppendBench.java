package org.postrider.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** IMAP APPEND, one after the other in each session, each waiting for its OK. */
@Command(name = "append", description = "IMAP APPEND, one after the other in each session.")
final class AppendBench implements Callable<Integer> {
  @Mixin private final Target.Options options = new Target.Options();

  @Option(names = "--sessions", defaultValue = "16", description = "Sessions at once.")
  private int sessions;

  @Option(names = "--messages", defaultValue = "100", description = "Messages a session and round.")
  private int messages;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(names = "--runs", defaultValue = "5", description = "Rounds, after one to warm up.")
  private int runs;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("append");
    report.fact("sessions", sessions);
    report.fact("messages", messages);
    report.fact("size", size);
    try (Target target = Target.open(options, sessions)) {
      for (int run = 0; run <= runs; run++) {
        Round round =
            Round.measure(
                target.processes(),
                () ->
                    Round.parallel(
                        sessions,
                        client -> {
                          try (ImapLoad imap = target.imap(client)) {
                            for (int i = 0; i < messages; i++) {
                              imap.append("INBOX", Corpus.message(client * messages + i, size));
                            }
                          }
                        }));
        if (run > 0) {
          round.into(report, "message", sessions * messages);
        }
      }
    }
    report.print();
    return 0;
  }
}
