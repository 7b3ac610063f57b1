package org.postrider.control;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Administration;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.RunningServer;
import org.postrider.storage.Store;

/** The store, opened by this process when an operation first asks for it. */
final class LocalAdministration implements Administration, AutoCloseable {
  private final Installation installation;
  private @Nullable Store store;

  LocalAdministration(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Installation installation() {
    return installation;
  }

  @Override
  public Store store() {
    if (store == null) {
      DataDirectory.ensure(installation.data());
      store = Store.open(installation.store(), Clock.systemUTC());
    }
    return store;
  }

  boolean isOpen() {
    return store != null;
  }

  /** Whether there is anything in the data directory. */
  static boolean exists(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data)) {
      return files.iterator().hasNext();
    }
  }

  @Override
  public Optional<RunningServer> server() {
    return Optional.empty();
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
