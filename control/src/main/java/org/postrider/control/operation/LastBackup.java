package org.postrider.control.operation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an installation remembers of its last backup, in the file {@code last-backup} of its data
 * directory.
 *
 * @param directory of the backup
 * @param snapshot its name
 * @param created when, ISO 8601
 * @param verified when it was restored for a trial, ISO 8601; or null
 */
public record LastBackup(
    String directory, String snapshot, String created, @Nullable String verified) {
  private static final String FILE = "last-backup";

  LastBackup verifiedAt(Instant time) {
    return new LastBackup(directory, snapshot, created, time.toString());
  }

  /** The last backup, or null when there was none. */
  static @Nullable LastBackup read(Path data) {
    try {
      List<String> lines = Files.readAllLines(data.resolve(FILE));
      return lines.size() < 4
          ? null
          : new LastBackup(
              lines.get(0),
              lines.get(1),
              lines.get(2),
              lines.get(3).isEmpty() ? null : lines.get(3));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(Path data) {
    Path unfinished = data.resolve(FILE + ".unfinished");
    try {
      Files.write(
          unfinished, List.of(directory, snapshot, created, verified == null ? "" : verified));
      Files.move(unfinished, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
