package org.postrider.control.operation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.postrider.storage.StoreSettings;

/**
 * An installation as its configuration describes it.
 *
 * @param data the data directory
 * @param ports the port of each service that is not off
 * @param entries the effective configuration
 */
public record Installation(
    String version,
    Path data,
    StoreSettings store,
    String hostname,
    Map<Service, Integer> ports,
    List<Entry> entries) {

  /**
   * A setting in effect.
   *
   * @param origin where the value comes from: {@code default}, file and line, variable or option
   */
  public record Entry(String key, String value, String origin) {}
}
