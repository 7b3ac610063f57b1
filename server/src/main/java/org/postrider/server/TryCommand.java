package org.postrider.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.StoredCredential;
import org.postrider.cli.CommandLineProgram;
import org.postrider.cli.MailClientText;
import org.postrider.cli.PostriderCommand;
import org.postrider.control.operation.ClientSetting;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;
import org.postrider.server.config.ConfigurationLoader;
import org.postrider.storage.Account;
import org.postrider.storage.Directory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code postrider try}: the suite on loopback, with two users, proved before it is handed over.
 */
@Command(
    name = "try",
    footer = {
      "",
      "It listens on 127.0.0.1 only and takes no heed of the configuration.",
      "",
      "Examples:",
      "  postrider try",
      "  postrider try --port-offset 100",
      "  postrider --data /tmp/mail try"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TryCommand implements Callable<Integer> {
  private static final Path STANDARD_DATA = Path.of(".postrider", "try");
  private static final String PASSWORD = "postrider";
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";
  private static final int PORT_BASE = 2000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "Add N to every port, when some are taken.")
  private int portOffset;

  @Option(
      names = "--once",
      description = "End after the proof, with exit code 0 when it succeeded.")
  private boolean once;

  @Option(
      names = "--resolver",
      paramLabel = "HOST:PORT",
      description = "Bring mail for other domains out too, to hosts this name server knows.")
  private @Nullable String resolver;

  @Option(
      names = "--remote-port",
      paramLabel = "N",
      defaultValue = "25",
      description = "The port of those hosts.")
  private int remotePort;

  @Option(
      names = "--dnssec-anchors",
      paramLabel = "FILE",
      description = "Check signatures of the DNS with these keys, and obey DANE.")
  private @Nullable Path anchors;

  @Override
  public Integer call() throws Refusal, InterruptedException {
    PostriderCommand root = (PostriderCommand) spec.root().userObject();
    PrintWriter out = spec.commandLine().getOut();
    Path data = root.data() == null ? STANDARD_DATA : root.data();
    Configuration configuration =
        configuration(
            data.toAbsolutePath().normalize(),
            portOffset,
            new Outward(resolver, remotePort, anchors));
    Logging.level("warn");
    MailServer server = start(configuration);
    ServeCommand.stopAtExit(server);
    prove(
        server,
        line -> {
          out.println(line);
          out.flush();
        });
    if (!once) {
      describe(configuration, out);
      new CountDownLatch(1).await(); // the process ends by Ctrl-C
    }
    return CommandLineProgram.EXIT_DONE;
  }

  /**
   * Where mail for other domains goes.
   *
   * @param resolver a name server, {@code host:port}, or null when it stays here
   * @param port of the hosts that it names
   * @param anchors keys for DNSSEC, or null
   */
  record Outward(@Nullable String resolver, int port, @Nullable Path anchors) {
    Map<String, String> settings() {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("queue.send", resolver == null ? "off" : "on");
      values.put("queue.resolver", resolver == null ? "" : resolver);
      values.put("queue.port", String.valueOf(port));
      if (anchors != null) {
        values.put("queue.dnssec", "validate");
        values.put("queue.dnssec-anchors", anchors.toString());
      }
      return values;
    }
  }

  /** Everything on loopback, ports from 2000 on. */
  static Configuration configuration(Path data, int portOffset, Outward outward) throws Refusal {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("data", data.toString());
    values.put("hostname", "localhost");
    values.put("imap.outbox", "on");
    values.putAll(outward.settings());
    for (Service service : Service.values()) {
      int base = service == Service.SMTP ? PORT_BASE + 500 : PORT_BASE;
      int port = base + service.defaultPort() + portOffset;
      values.put("listen." + service.key(), "127.0.0.1:" + port);
    }
    return new ConfigurationLoader(Postrider.version()).of("try", values);
  }

  private static MailServer start(Configuration configuration) throws Refusal {
    try {
      return MailServer.start(configuration, () -> configuration);
    } catch (Refusal e) {
      if (e.sentence().contains("in use")) {
        throw new Refusal(
            e.reason(), e.sentence() + "\nTake other ports: postrider try --port-offset 100");
      }
      throw e;
    }
  }

  /** Sees to it that there are the two users, and sends mail from one to the other. */
  static void prove(MailServer server, Consumer<String> say) throws Refusal {
    Directory directory = server.store().directory();
    String credential = StoredCredential.ofPassword(PASSWORD).text();
    for (String address : List.of(ALICE, BOB)) {
      Account account =
          directory.account(address).orElseGet(() -> directory.createAccount(address, credential));
      directory.setEnabled(account.id(), true);
      directory.setCredential(account.id(), credential);
    }
    try {
      new Proof(server.addresses(), ALICE, BOB, PASSWORD).run(say);
    } catch (IOException e) {
      throw new Refusal(Refusal.Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private void describe(Configuration configuration, PrintWriter out) {
    out.println();
    out.println("Postrider runs on this machine until Ctrl-C.");
    out.println();
    out.println("Users: " + ALICE + " and " + BOB + ", password: " + PASSWORD);
    MailClientText.print(ClientSetting.of(configuration.installation(), ALICE), out);
    out.println("The certificate is self-signed: confirm the exception when the client asks.");
    out.println();
    out.println("Without TLS, for curl and telnet on this machine:");
    configuration
        .listeners()
        .forEach((service, address) -> {
          if (!service.implicitTls()) {
            out.printf("  %-11s127.0.0.1 %d%n", service.key(), address.getPort());
          }
        });
    out.println();
    out.println("Data: " + configuration.data());
    out.println(
        "Another user: ./postrider --data " + configuration.data() + " user add carol@example.org");
    out.flush();
  }
}
