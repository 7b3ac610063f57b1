package org.postrider.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.postrider.storage.StorageException;

/** The directory of an installation: store, certificate, control socket. */
public final class DataDirectory {
  private DataDirectory() {}

  /**
   * Makes the directory, for its owner alone, unless it is there.
   *
   * @throws StorageException CANNOT with one sentence for the administrator
   */
  public static void ensure(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new StorageException(
          StorageException.Reason.CANNOT,
          "The data directory "
              + directory
              + " cannot be made ("
              + reason(e)
              + "): choose another with --data.",
          e);
    }
    if (!Files.isWritable(directory)) {
      throw new StorageException(
          StorageException.Reason.CANNOT,
          "The data directory "
              + directory
              + " may not be written by this user: run as its owner, or choose another with"
              + " --data.");
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
  }
}
