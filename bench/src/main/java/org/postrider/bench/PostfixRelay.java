package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's Postfix as a relay on loopback, apart from the system's; needs root. */
final class PostfixRelay implements AutoCloseable {
  private static final Path SYSTEM_MASTER = Path.of("/etc/postfix/master.cf");

  private final Path root;
  private final int port;
  private final long pid;

  /**
   * @param routes domains and where their mail goes, {@code host:port}
   */
  PostfixRelay(Map<String, String> routes) throws IOException, InterruptedException {
    if (!Files.exists(SYSTEM_MASTER)) {
      throw new IOException("there is no Postfix: apt-get install postfix");
    }
    root = Files.createTempDirectory("postfix-bench");
    port = Target.freePorts(1).getFirst();
    try {
      pid = start(routes);
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private long start(Map<String, String> routes) throws IOException, InterruptedException {
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path etc = Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(root.resolve("spool"));
    Path data = Files.createDirectories(root.resolve("data"));
    run("chown", "postfix:postfix", data.toString());
    Files.writeString(etc.resolve("main.cf"), settings(etc));
    Files.writeString(etc.resolve("master.cf"), services());
    StringBuilder map = new StringBuilder();
    routes.forEach((domain, host) ->
        map.append(domain).append(" smtp:[").append(host.replace(":", "]:")).append('\n'));
    Files.writeString(etc.resolve("transport"), map);
    run("postmap", "-c", etc.toString(), "hash:" + etc.resolve("transport"));
    postfix("start");
    String said = Files.readString(root.resolve("spool/pid/master.pid")).strip();
    long master = Long.parseLong(said);
    Target.awaitGreeting(ProcessHandle.of(master).orElseThrow(), port);
    return master;
  }

  private String settings(Path etc) {
    return String.join(
        "\n",
        "compatibility_level = 3.6",
        "config_directory = " + etc,
        "queue_directory = " + root.resolve("spool"),
        "data_directory = " + root.resolve("data"),
        "mail_owner = postfix",
        "setgid_group = postdrop",
        "myhostname = postfix.bench.test",
        "mydestination =",
        "mynetworks = 127.0.0.0/8",
        "inet_interfaces = 127.0.0.1",
        "inet_protocols = ipv4",
        "alias_maps =",
        "maillog_file = " + root.resolve("mail.log"),
        "maillog_file_prefixes = " + root,
        "transport_maps = hash:" + etc.resolve("transport"),
        "smtp_tls_security_level = none",
        "in_flow_delay = 0",
        "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination",
        // As many connections at a time as Postrider makes, and room for all that waits.
        "default_process_limit = 200",
        "default_destination_concurrency_limit = 20",
        "qmgr_message_active_limit = 100000",
        "qmgr_message_recipient_limit = 100000",
        "smtpd_client_connection_count_limit = 0",
        "");
  }

  /** The system's services, none of them in a cage; SMTP on our port. */
  private String services() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(SYSTEM_MASTER)) {
      String[] fields = line.split("\\s+", 8);
      if (line.isBlank() || line.startsWith("#") || Character.isWhitespace(line.charAt(0))) {
        lines.add(line);
      } else if (fields[0].equals("smtp") && fields[1].equals("inet")) {
        lines.add("127.0.0.1:" + port + " inet n - n - - smtpd");
      } else {
        fields[4] = "n";
        lines.add(String.join(" ", fields));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private void postfix(String command) throws IOException, InterruptedException {
    run("postfix", "-c", root.resolve("etc").toString(), command);
  }

  private void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(root.resolve("commands.log").toFile()))
            .start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command) + ": " + Files.readString(root.resolve("commands.log")));
    }
  }

  int port() {
    return port;
  }

  ProcessTree processes() {
    return new ProcessTree(List.of(pid));
  }

  @Override
  public void close() throws IOException {
    try {
      if (Files.exists(root.resolve("spool/pid/master.pid"))) {
        postfix("stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Target.delete(root);
  }
}
