package org.postrider.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A whole maildrop by POP3: STAT, LIST, UIDL, RETR of each. */
@Command(name = "pop3", description = "Download of a maildrop by POP3.")
final class Pop3Bench implements Callable<Integer> {
  @Mixin private final Target.Options options = new Target.Options();

  @Option(names = "--messages", defaultValue = "10000", description = "Messages in the maildrop.")
  private int messages;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(
      names = "--depth",
      defaultValue = "1",
      description = "RETR commands on their way at once.")
  private int depth;

  @Option(names = "--runs", defaultValue = "5", description = "Rounds, after two to warm up.")
  private int runs;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("pop3");
    report.fact("messages", messages);
    report.fact("size", size);
    report.fact("depth", depth);
    try (Target target = Target.open(options, 1)) {
      try (ImapLoad imap = target.imap(0)) {
        for (long have = imap.messages("INBOX"); have < messages; have++) {
          imap.append("INBOX", Corpus.message((int) have, size));
        }
      }
      for (int run = -1; run <= runs; run++) {
        Round round = Round.measure(target.processes(), () -> download(target));
        if (run > 0) {
          report.add("seconds", round.seconds());
          round.into(report, "message", messages);
        }
      }
    }
    report.print();
    return 0;
  }

  private void download(Target target) throws IOException {
    try (Wire wire = target.pop3()) {
      ok(wire);
      wire.send("USER " + Target.login(0) + "\r\n");
      ok(wire);
      wire.send("PASS " + Target.PASSWORD + "\r\n");
      ok(wire);
      wire.send("STAT\r\n");
      ok(wire);
      for (String list : new String[] {"LIST\r\n", "UIDL\r\n"}) {
        wire.send(list);
        ok(wire);
        wire.skipMultiline();
      }
      int asked = 0;
      for (int answered = 0; answered < messages; answered++) {
        while (asked < messages && asked < answered + depth) {
          wire.send("RETR " + ++asked + "\r\n");
        }
        ok(wire);
        wire.skipMultiline();
      }
      wire.send("QUIT\r\n");
      ok(wire);
    }
  }

  private static void ok(Wire wire) throws IOException {
    String line = wire.line();
    if (!line.startsWith("+OK")) {
      throw new IOException("refused: " + line);
    }
  }
}
