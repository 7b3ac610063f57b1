package org.postrider.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postrider.control.operation.Administration;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.RunningServer;
import org.postrider.control.operation.Service;
import org.postrider.storage.AccountId;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.index.ContentIndex;

/** A server without ports: a store and the control socket. */
final class TestServer implements Administration, RunningServer, AutoCloseable {
  private final Installation installation;
  private final Store store;
  private final ControlServer control;
  final Set<AccountId> forgotten = new HashSet<>();

  TestServer(Path data) throws IOException {
    this.installation = installation(data);
    DataDirectory.ensure(data);
    this.store = Store.open(installation.store(), Clock.systemUTC());
    this.control = ControlServer.start(this, ControlLimits.defaults());
  }

  static Installation installation(Path data) {
    return new Installation(
        "1",
        data,
        StoreSettings.inDirectory(data),
        "mx.example.org",
        Map.of(Service.IMAP, 143, Service.IMAPS, 993, Service.SUBMISSION, 587),
        List.of(new Installation.Entry("hostname", "mx.example.org", "default")));
  }

  @Override
  public Installation installation() {
    return installation;
  }

  @Override
  public Store store() {
    return store;
  }

  @Override
  public Optional<RunningServer> server() {
    return Optional.of(this);
  }

  @Override
  public Instant started() {
    return Instant.EPOCH;
  }

  @Override
  public List<ServedPort> ports() {
    return List.of(new ServedPort("imap", "*:143", 2));
  }

  @Override
  public Optional<ContentIndex> index() {
    return Optional.empty();
  }

  @Override
  public void forgetCredential(AccountId account) {
    forgotten.add(account);
  }

  @Override
  public List<String> reload() {
    return List.of("hostname");
  }

  @Override
  public void close() {
    try {
      control.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      store.close();
    }
  }
}
