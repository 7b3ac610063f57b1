package org.postrider.server;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.cli.CommandLineProgram;
import org.postrider.cli.Installations;
import org.postrider.cli.Noun;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import org.postrider.server.config.ConfigurationLoader;

/** The program {@code postrider}. */
public final class Postrider {
  private Postrider() {}

  /** Runs the command that the arguments name; the server or an administration command. */
  public static void main(String[] arguments) {
    System.exit(
        CommandLineProgram.run(
            new ConfiguredInstallations(),
            List.of(
                new Noun("serve", "Run the mail server.", ServeCommand::new),
                new Noun("try", "Run everything on this machine, for a look.", TryCommand::new)),
            arguments));
  }

  /** The version of the distribution. */
  static String version() {
    String version = Postrider.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Installations as their configuration files describe them. */
  private static final class ConfiguredInstallations implements Installations {
    @Override
    public Installation load(@Nullable Path data, @Nullable Path config) throws Refusal {
      return new ConfigurationLoader(version()).load(data, config, System.getenv()).installation();
    }

    @Override
    public String version() {
      return Postrider.version();
    }
  }
}
