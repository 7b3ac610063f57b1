package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Mail that is taken by SMTP and brought out by SMTP: from the first MAIL until the last message is
 * at the other server. Postfix relays the same to the same smtp-sink, in turns with Postrider.
 */
@Command(name = "outbound", description = "Mail relayed to smtp-sink, against Postfix (as root).")
final class OutboundBench implements Callable<Integer> {
  private static final int REST_SECONDS = 2;

  @Option(names = "--sessions", defaultValue = "20", description = "SMTP sessions at once.")
  private int sessions;

  @Option(names = "--messages", defaultValue = "20000", description = "Messages of a round.")
  private int messages;

  @Option(names = "--domains", defaultValue = "100", description = "Domains they go to.")
  private int domains;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Mixin private CalmOptions calm = new CalmOptions();

  @Option(names = "--runs", defaultValue = "3", description = "Rounds that count.")
  private int runs;

  @Option(names = "--warm-up", defaultValue = "2", description = "Rounds before.")
  private int warmUp;

  @Option(names = "--heap", defaultValue = "1g", description = "Heap of Postrider.")
  private String heap = "1g";

  @Option(names = "--without-postfix", description = "Postrider alone.")
  private boolean alone;

  @Option(
      names = "--dead",
      defaultValue = "0",
      description = "Measures in place of that how long mail takes beside so many for a dead host.")
  private int dead;

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
    report.fact("size", size);
    try (SmtpSink sink = new SmtpSink()) {
      if (dead > 0) {
        report.fact("dead", dead);
        new DeadDestination(sink, size, heap, javaOptions).measure(report, dead);
      } else {
        messages = messages / sessions * sessions;
        report.fact("sessions", sessions);
        report.fact("messages", messages);
        report.fact("domains", domains);
        throughput(report, sink);
      }
    }
    report.print();
    return 0;
  }

  private void throughput(Report report, SmtpSink sink) throws Exception {
    texts = new byte[64][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = OutboundClient.text(i, size);
    }
    Map<String, String> routes = new LinkedHashMap<>();
    for (int i = 0; i < domains; i++) {
      String host = "127.0." + (i / 250 + 1) + "." + (i % 250 + 1);
      routes.put("d" + i + ".test", host + ":" + sink.port());
    }
    Path directory = Files.createTempDirectory("postrider-bench");
    try (OutboundServer server =
        new OutboundServer(directory, sessions, routes, heap, javaOptions, store -> {})) {
      Relay postrider = new Relay("Postrider", server.port(), true, server.processes());
      if (alone) {
        rounds(report, sink, List.of(postrider));
      } else {
        try (PostfixRelay postfix = new PostfixRelay(routes)) {
          Relay other = new Relay("Postfix", postfix.port(), false, postfix.processes());
          rounds(report, sink, List.of(postrider, other));
        }
      }
    } finally {
      Target.delete(directory);
    }
  }

  private void rounds(Report report, SmtpSink sink, List<Relay> relays) throws Exception {
    int tries = warmUp + runs + calm.triesMax();
    for (int run = 0, left = runs; left > 0 && run < tries; run++) {
      Round[] rounds = new Round[relays.size()];
      for (int i = 0; i < rounds.length; i++) {
        rounds[i] = round(sink, relays.get(i));
        System.out.printf(
            "%s%s: %.0f messages per second, %.0f µs of CPU each, %.0f %% stolen%n",
            run < warmUp ? "warm-up, " : "",
            relays.get(i).name(),
            messages / rounds[i].seconds(),
            cpuPerMessage(rounds[i]),
            rounds[i].stolen() * 100);
      }
      if (run >= warmUp && Arrays.stream(rounds).allMatch(calm::counts)) {
        left--;
        for (int i = 0; i < rounds.length; i++) {
          String name = relays.get(i).name();
          report.add(name + " messages per second", messages / rounds[i].seconds());
          report.add(name + " CPU µs per message", cpuPerMessage(rounds[i]));
          report.add(name + " % of CPU stolen", rounds[i].stolen() * 100);
        }
        if (rounds.length == 2) {
          report.add("Postrider : Postfix", rounds[1].seconds() / rounds[0].seconds());
          report.add("CPU, Postfix : Postrider", rounds[1].serverCpu() / rounds[0].serverCpu());
        }
      }
    }
  }

  private double cpuPerMessage(Round round) {
    return round.serverCpu() * 1e6 / messages;
  }

  private Round round(SmtpSink sink, Relay relay) throws Exception {
    long before = sink.messages();
    Round round =
        Round.measure(
            relay.processes(),
            () -> {
              Round.parallel(sessions, client -> send(relay, client, messages / sessions));
              sink.await(before + messages);
            });
    // What is noted after the last message arrived is not to burden the other.
    TimeUnit.SECONDS.sleep(REST_SECONDS);
    sink.await(before + messages);
    return round;
  }

  private void send(Relay relay, int user, int count) throws IOException {
    try (OutboundClient client = new OutboundClient(relay.port(), user, relay.login())) {
      for (int i = 0; i < count; i++) {
        int domain = (user * count + i) % domains;
        client.send("u@d" + domain + ".test", texts[(user + i) % texts.length]);
      }
    }
  }
}
