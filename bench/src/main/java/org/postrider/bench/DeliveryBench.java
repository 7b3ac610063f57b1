package org.postrider.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * SMTP delivery: from the first MAIL until IMAP shows the last message. One transaction after the
 * other in each session; MAIL, RCPT and DATA go in one write, as mail servers do it (RFC 2920).
 */
@Command(name = "delivery", description = "SMTP delivery until visible by IMAP.")
final class DeliveryBench implements Callable<Integer> {
  private static final String DATA = "DATA\r\n";

  @Mixin private final Target.Options options = new Target.Options();

  @Option(names = "--sessions", defaultValue = "20", description = "SMTP sessions at once.")
  private int sessions;

  @Option(names = "--messages", defaultValue = "6000", description = "Messages of a round.")
  private int messages;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Mixin private CalmOptions calm = new CalmOptions();

  @Option(names = "--runs", defaultValue = "5", description = "Rounds that count.")
  private int runs;

  @Option(
      names = "--warm-up",
      defaultValue = "8",
      description = "Rounds before, until the server's code is compiled.")
  private int warmUp;

  @Option(names = "--no-pipelining", description = "Waits for the answer to each command.")
  private boolean oneByOne;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("delivery");
    int each = messages / sessions;
    report.fact("sessions", sessions);
    report.fact("messages", each * sessions);
    report.fact("size", size);
    report.fact("pipelining", oneByOne ? 0 : 1);
    byte[][] texts = new byte[64][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = stuffed(Corpus.message(i, size));
    }
    try (Target target = Target.open(options, sessions)) {
      long[] before = new long[sessions];
      ImapLoad[] watchers = new ImapLoad[sessions];
      for (int i = 0; i < sessions; i++) {
        watchers[i] = target.imap(i);
        before[i] = watchers[i].messages("INBOX");
      }
      int tries = warmUp + runs + calm.triesMax();
      for (int run = 0, left = runs; left > 0 && run < tries; run++) {
        Round round =
            Round.measure(
                target.processes(),
                () -> {
                  Round.parallel(sessions, client -> send(target, client, each, texts));
                  for (int i = 0; i < sessions; i++) {
                    watchers[i].awaitMessages("INBOX", before[i] + each);
                  }
                });
        for (int i = 0; i < sessions; i++) {
          before[i] += each;
        }
        if (run >= warmUp && calm.counts(round)) {
          round.into(report, "message", each * sessions);
          left--;
        }
      }
      report.fact("residentMegabytes", target.processes().residentBytes() >> 20);
    }
    report.print();
    return 0;
  }

  private void send(Target target, int user, int count, byte[][] texts) throws IOException {
    try (Wire wire = target.smtp()) {
      expect(wire, "220");
      wire.send("EHLO client.test\r\n");
      expect(wire, "250");
      List<String> envelope =
          List.of("MAIL FROM:<s@sender.test>\r\n", "RCPT TO:<" + Target.login(user) + ">\r\n");
      byte[] together = (String.join("", envelope) + DATA).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < count; i++) {
        if (oneByOne) {
          for (String command : envelope) {
            wire.send(command);
            expect(wire, "250");
          }
          wire.send(DATA);
        } else {
          wire.send(together);
          expect(wire, "250");
          expect(wire, "250");
        }
        expect(wire, "354");
        wire.send(texts[(user + i) % texts.length]);
        expect(wire, "250");
      }
      wire.send("QUIT\r\n");
      expect(wire, "221");
    }
  }

  private static void expect(Wire wire, String code) throws IOException {
    String line = wire.line();
    while (line.startsWith(code + "-")) {
      line = wire.line();
    }
    if (!line.startsWith(code)) {
      throw new IOException("expected " + code + ", got: " + line);
    }
  }

  /** The message as DATA wants it: dots doubled, ended by a dot alone. */
  private static byte[] stuffed(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1).replace("\r\n.", "\r\n..");
    return (text + (text.endsWith("\r\n") ? "" : "\r\n") + ".\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
