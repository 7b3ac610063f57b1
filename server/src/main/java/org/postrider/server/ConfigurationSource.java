package org.postrider.server;

import org.postrider.control.operation.Refusal;
import org.postrider.server.config.Configuration;

/** Reads the configuration anew. */
@FunctionalInterface
interface ConfigurationSource {
  Configuration load() throws Refusal;
}
