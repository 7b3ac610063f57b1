package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a closed store to a newer schema. A copy of its file is made before, on disk and beside
 * it, since a migration that fails half-way cannot be rolled back; when it fails, the copy takes
 * the file's place. The two newest copies are kept.
 */
final class Upgrade {
  private static final Logger log = LoggerFactory.getLogger(Upgrade.class);
  private static final String PREFIX = "postrider-schema-";
  private static final String SUFFIX = ".mv.db";
  private static final String UNFINISHED = ".unfinished";
  private static final int COPIES = 2;

  private final Path file;
  private final int from;

  /**
   * @param file of the store, which nobody has open
   * @param from the version it has
   */
  Upgrade(Path file, int from) {
    this.file = file;
    this.from = from;
  }

  /**
   * Migrates.
   *
   * @throws StorageException UNAVAILABLE when it failed; the store is as it was before
   */
  void run(Schema schema, H2Dialect dialect) {
    Path copy = copy();
    try {
      schema.migrate(dialect.jdbcUrl(), dialect, schema.newest());
    } catch (FlywayException e) {
      putBack(copy);
      throw new StorageException(
          UNAVAILABLE,
          "The store could not be brought from schema "
              + from
              + " to "
              + schema.newest()
              + " and is as it was before; use the Postrider that wrote it, and see the log",
          e);
    }
    log.info(
        "schema brought from {} to {}; the store as it was is kept as {}",
        from,
        schema.newest(),
        copy);
    prune();
  }

  private Path copy() {
    String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(':', '-');
    Path copy = file.resolveSibling(PREFIX + from + "-" + time + SUFFIX);
    try {
      if (Files.getFileStore(file).getUsableSpace() < 2 * Files.size(file)) {
        throw new StorageException(
            UNAVAILABLE,
            "To upgrade the store takes twice its size ("
                + 2 * Files.size(file)
                + " octets) of free space in "
                + directory());
      }
      copyDurably(file, copy);
      return copy;
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE,
          "The store cannot be copied before its upgrade (" + e.getMessage() + "); it is unchanged",
          e);
    }
  }

  private Path directory() {
    return file.resolveSibling("");
  }

  /** A copy that has its name is whole and on disk. */
  private void copyDurably(Path source, Path target) throws IOException {
    Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
    Files.copy(source, unfinished, StandardCopyOption.REPLACE_EXISTING);
    force(unfinished);
    Files.move(
        unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(directory());
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void putBack(Path copy) {
    try {
      copyDurably(copy, file);
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE,
          "The upgrade failed, and the store could not be put back; rename "
              + copy
              + " to "
              + file.getFileName()
              + " before you start Postrider again",
          e);
    }
  }

  private void prune() {
    try (Stream<Path> files = Files.list(directory())) {
      List<Path> copies =
          files
              .filter(path -> path.getFileName().toString().matches(PREFIX + "\\d+-.*\\.mv\\.db"))
              .sorted(Comparator.comparing(Upgrade::age))
              .toList();
      for (Path old : copies.subList(0, Math.max(0, copies.size() - COPIES))) {
        Files.delete(old);
      }
    } catch (IOException e) {
      log.warn("old copies of the store cannot be deleted", e);
    }
  }

  /** The time in a copy's name. */
  private static String age(Path copy) {
    return copy.getFileName().toString().replaceFirst(PREFIX + "\\d+-", "");
  }
}
