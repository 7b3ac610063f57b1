package org.postrider.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postrider.control.operation.Administration;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.RunningServer;
import org.postrider.storage.AccountId;
import org.postrider.storage.Store;
import org.postrider.storage.index.ContentIndex;

/** The running server, as administration operations see it. */
final class ServerAdministration implements Administration, RunningServer {
  private final MailServer server;

  ServerAdministration(MailServer server) {
    this.server = server;
  }

  @Override
  public Installation installation() {
    return server.configuration().installation();
  }

  @Override
  public Store store() {
    return server.store();
  }

  @Override
  public Optional<RunningServer> server() {
    return Optional.of(this);
  }

  @Override
  public Instant started() {
    return server.started();
  }

  @Override
  public List<ServedPort> ports() {
    Map<String, Integer> connections = server.connections();
    return server.addresses().entrySet().stream()
        .map(e ->
            new ServedPort(e.getKey(), text(e.getValue()), connections.getOrDefault(e.getKey(), 0)))
        .toList();
  }

  /** {@code address:port}, as the configuration writes it. */
  static String text(InetSocketAddress address) {
    if (address.getAddress().isAnyLocalAddress()) {
      return "*:" + address.getPort();
    }
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  @Override
  public Optional<ContentIndex> index() {
    return server.index();
  }

  @Override
  public void forgetCredential(AccountId account) {
    server.forgetCredential(account);
  }

  @Override
  public List<String> reload() throws Refusal {
    return server.reload();
  }
}
