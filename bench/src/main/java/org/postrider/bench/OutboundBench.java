package org.postrider.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Mail that is taken by SMTP and brought out by SMTP: from the first MAIL until the last message is
 * at the other server. Postfix relays the same to the same smtp-sink, in turns with Postrider.
 */
@Command(name = "outbound", description = "Mail relayed to smtp-sink, against Postfix (as root).")
final class OutboundBench implements Callable<Integer> {
  @Option(names = "--sessions", defaultValue = "20", description = "SMTP sessions at once.")
  private int sessions;

  @Option(names = "--messages", defaultValue = "20000", description = "Messages of a round.")
  private int messages;

  @Option(names = "--domains", defaultValue = "100", description = "Domains they go to.")
  private int domains;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(names = "--runs", defaultValue = "3", description = "Rounds that count.")
  private int runs;

  @Option(names = "--warm-up", defaultValue = "2", description = "Rounds before.")
  private int warmUp;

  @Option(names = "--heap", defaultValue = "1g", description = "Heap of Postrider.")
  private String heap = "1g";

  @Option(names = "--without-postfix", description = "Postrider alone.")
  private boolean alone;

  @Option(
      names = "--java-opts",
      defaultValue = "",
      description = "More options of Postrider's JVM.")
  private String javaOptions = "";

  private byte[][] texts = {};

  /** A server that relays. */
  private record Relay(String name, int port, boolean login, ProcessTree processes) {}

  @Override
  public Integer call() throws Exception {
    Report report = new Report("outbound");
    report.fact("sessions", sessions);
    report.fact("messages", messages / sessions * sessions);
    report.fact("domains", domains);
    report.fact("size", size);
    texts = new byte[64][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] =
          (new String(Corpus.message(i, size), StandardCharsets.ISO_8859_1)
                      .replace("\r\n.", "\r\n..")
                  + "\r\n.\r\n")
              .getBytes(StandardCharsets.ISO_8859_1);
    }
    Path directory = Files.createTempDirectory("postrider-bench");
    try (SmtpSink sink = new SmtpSink()) {
      Map<String, String> routes = new LinkedHashMap<>();
      for (int i = 0; i < domains; i++) {
        routes.put(
            "d" + i + ".test", "127.0." + (i / 250 + 1) + "." + (i % 250 + 1) + ":" + sink.port());
      }
      int port = Target.freePorts(1).getFirst();
      Process process = postrider(directory, port, routes);
      try {
        Target.awaitGreeting(process.toHandle(), port);
        ProcessTree tree = new ProcessTree(List.of(process.pid()));
        Relay postrider = new Relay("Postrider", port, true, tree);
        if (alone) {
          rounds(report, sink, List.of(postrider));
        } else {
          try (PostfixRelay postfix = new PostfixRelay(routes)) {
            Relay other = new Relay("Postfix", postfix.port(), false, postfix.processes());
            rounds(report, sink, List.of(postrider, other));
          }
        }
      } finally {
        Target.stop(process);
      }
    } finally {
      Target.delete(directory);
    }
    report.print();
    return 0;
  }

  private Process postrider(Path directory, int port, Map<String, String> routes)
      throws IOException {
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      String credential = StoredCredential.ofPassword(Target.PASSWORD).text();
      for (int i = 0; i < sessions; i++) {
        store.directory().createAccount(Target.login(i), credential);
      }
    }
    String map =
        routes.entrySet().stream()
            .map(route -> route.getKey() + "=" + route.getValue())
            .collect(Collectors.joining(","));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("POSTRIDER_LISTEN_SMTP", "off");
    environment.put("POSTRIDER_LISTEN_IMAP", "off");
    environment.put("POSTRIDER_LISTEN_POP3", "off");
    environment.put("POSTRIDER_LISTEN_SUBMISSION", "127.0.0.1:" + port);
    environment.put("POSTRIDER_QUEUE_SEND", "on");
    environment.put("POSTRIDER_QUEUE_ROUTES", map);
    environment.put("POSTRIDER_JAVA_OPTS", "-Xmx" + heap + " " + javaOptions);
    return Target.start(directory, List.of(), heap, environment);
  }

  private void rounds(Report report, SmtpSink sink, List<Relay> relays) throws Exception {
    for (int run = 0; run < warmUp + runs; run++) {
      double[] rates = new double[relays.size()];
      for (int i = 0; i < relays.size(); i++) {
        Relay relay = relays.get(i);
        Round round = round(sink, relay);
        rates[i] = messages / round.seconds();
        if (run >= warmUp) {
          report.add(relay.name() + " messages per second", rates[i]);
          report.add(relay.name() + " CPU µs per message", round.serverCpu() * 1e6 / messages);
        }
      }
      if (run >= warmUp && rates.length == 2) {
        report.add("Postrider : Postfix", rates[0] / rates[1]);
      }
    }
  }

  private Round round(SmtpSink sink, Relay relay) throws Exception {
    int each = messages / sessions;
    long before = sink.messages();
    return Round.measure(
        relay.processes(),
        () -> {
          Round.parallel(sessions, client -> send(relay, client, each));
          sink.await(before + (long) each * sessions);
        });
  }

  private void send(Relay relay, int user, int count) throws IOException {
    String sender = Target.login(user);
    try (Wire wire = new Wire(relay.port())) {
      expect(wire, "220");
      wire.send("EHLO client.test\r\n");
      expect(wire, "250");
      if (relay.login()) {
        byte[] secret = ("\0" + sender + "\0" + Target.PASSWORD).getBytes(StandardCharsets.UTF_8);
        wire.send("AUTH PLAIN " + Base64.getEncoder().encodeToString(secret) + "\r\n");
        expect(wire, "235");
      }
      for (int i = 0; i < count; i++) {
        int domain = (user * count + i) % domains;
        wire.send("MAIL FROM:<" + sender + ">\r\nRCPT TO:<u@d" + domain + ".test>\r\nDATA\r\n");
        expect(wire, "250");
        expect(wire, "250");
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
}
