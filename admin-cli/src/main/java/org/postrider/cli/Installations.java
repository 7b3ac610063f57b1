package org.postrider.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;

/** Finds the installation that a command is for. */
public interface Installations {
  /**
   * Reads the configuration.
   *
   * @param data the value of {@code --data}, or null
   * @param config the value of {@code --config}, or null
   * @throws Refusal naming the place in the configuration that is wrong
   */
  Installation load(@Nullable Path data, @Nullable Path config) throws Refusal;

  /** The version of the program. */
  String version();
}
