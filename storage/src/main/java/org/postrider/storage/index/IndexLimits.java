package org.postrider.storage.index;

import java.time.Duration;

/**
 * Limits of the index.
 *
 * @param memoryMegabytes that what was not written yet may take
 * @param gramsMax different grams of a content's header, and of its body; one that has more is not
 *     indexed, and always read
 * @param batch contents looked at in one go
 * @param age how old a content is at least when it is indexed
 * @param commitInterval how often what was indexed is forced to the disk
 * @param look how often the store is looked at while nothing waits
 * @param startDelay how long after the start the index is opened, to leave that to the server
 */
public record IndexLimits(
    int memoryMegabytes,
    int gramsMax,
    int batch,
    Duration age,
    Duration commitInterval,
    Duration look,
    Duration startDelay) {
  public static final IndexLimits DEFAULT =
      new IndexLimits(
          8,
          100_000,
          64,
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2));
}
