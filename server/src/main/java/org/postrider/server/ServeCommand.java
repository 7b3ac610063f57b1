package org.postrider.server;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.postrider.cli.CommandLineProgram;
import org.postrider.cli.PostriderCommand;
import org.postrider.control.operation.Refusal;
import org.postrider.server.config.Configuration;
import org.postrider.server.config.ConfigurationLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postrider serve}: runs until SIGTERM or Ctrl-C. */
@Command(
    name = "serve",
    footer = {
      "",
      "SIGTERM and Ctrl-C stop it cleanly; SIGHUP takes certificates and limits anew.",
      "",
      "Examples:",
      "  postrider serve",
      "  postrider --data /srv/mail serve",
      "  POSTRIDER_LISTEN_SMTP=127.0.0.1:2525 postrider serve"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private CommandSpec spec;

  /** For the launcher, which lets the JVM learn what a server loads (JEP 483). */
  @Option(names = "--rehearsal", hidden = true)
  private boolean rehearsal;

  @Override
  public Integer call() throws Refusal, InterruptedException {
    PostriderCommand root = (PostriderCommand) spec.root().userObject();
    ConfigurationSource source =
        () ->
            new ConfigurationLoader(Postrider.version())
                .load(root.data(), root.config(), System.getenv());
    Configuration configuration = source.load();
    Logging.level(configuration.logLevel());
    MailServer server = MailServer.start(configuration, source);
    server
        .addresses()
        .forEach((service, at) -> log.info("{} on {}", service, ServerAdministration.text(at)));
    log.info(
        "Postrider {} serves as {}, data in {}",
        Postrider.version(),
        configuration.hostname(),
        configuration.data());
    ProcessSignal.on("HUP", () -> reload(server));
    stopAtExit(server);
    if (rehearsal) {
      TryCommand.prove(server, line -> {});
      return CommandLineProgram.EXIT_DONE;
    }
    new CountDownLatch(1).await(); // the process ends by a signal
    return CommandLineProgram.EXIT_DONE;
  }

  /** Closes the server when the process is told to end, which then ends with exit code 0. */
  static void stopAtExit(MailServer server) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  log.info("Stopping");
                  server.close();
                  log.info("Stopped");
                }));
    // The JVM by itself would end with 143 and 130, which looks like a failure to who started it.
    ProcessSignal.on("TERM", () -> System.exit(CommandLineProgram.EXIT_DONE));
    ProcessSignal.on("INT", () -> System.exit(CommandLineProgram.EXIT_DONE));
  }

  private static void reload(MailServer server) {
    try {
      server.reload().forEach(key -> log.warn("reload: {} needs a restart", key));
    } catch (Refusal e) {
      log.error("reload: {}", e.sentence());
    }
  }
}
