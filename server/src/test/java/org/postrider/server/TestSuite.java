package org.postrider.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.cli.CommandLineProgram;
import org.postrider.cli.Installations;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;
import org.postrider.server.config.ConfigurationLoader;

/** The whole suite on free ports of loopback, and its command line. */
final class TestSuite implements AutoCloseable {
  private final Configuration configuration;
  private final MailServer server;

  TestSuite(Path data) throws Refusal {
    this(configuration(data));
  }

  TestSuite(Configuration configuration) throws Refusal {
    this.configuration = configuration;
    this.server = MailServer.start(configuration, () -> configuration);
  }

  static Configuration configuration(Path data) throws Refusal {
    return configuration(data, Map.of());
  }

  /**
   * @param more settings by key
   */
  static Configuration configuration(Path data, Map<String, String> more) throws Refusal {
    Map<String, String> values = new LinkedHashMap<>(more);
    values.put("data", data.toString());
    values.put("hostname", "mx.example.org");
    for (Service service : Service.values()) {
      values.put("listen." + service.key(), "127.0.0.1:0");
    }
    return new ConfigurationLoader("1").of("test", values);
  }

  MailServer server() {
    return server;
  }

  int port(Service service) {
    return server.addresses().get(service.key()).getPort();
  }

  /** Runs an administration command; returns what it printed, its exit code first. */
  static String command(Path data, String... arguments) {
    try {
      return command(configuration(data), arguments);
    } catch (Refusal e) {
      throw new AssertionError(e);
    }
  }

  static String command(Configuration configuration, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text, true);
    int code =
        CommandLineProgram.commandLine(
                new Installations() {
                  @Override
                  public Installation load(Path option, Path config) {
                    return configuration.installation();
                  }

                  @Override
                  public String version() {
                    return "1";
                  }
                },
                List.of(),
                writer,
                writer,
                arguments)
            .execute(arguments);
    return code + " " + text;
  }

  /** Adds a user by the command line; returns the password that it made up. */
  static String addUser(Path data, String address) {
    String text = command(data, "user", "add", "--generate", address);
    String label = "Password (shown this once): ";
    int start = text.indexOf(label);
    if (start < 0) {
      throw new AssertionError(text);
    }
    return text.substring(start + label.length(), text.indexOf('\n', start));
  }

  @Override
  public void close() {
    server.close();
  }
}
