package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postrider.storage.AccountId;
import org.postrider.storage.index.ContentIndex;

/** What operations may ask of a server that runs. */
public interface RunningServer {
  /**
   * A port that is served.
   *
   * @param address where it is bound, {@code address:port}
   * @param connections open now
   */
  record ServedPort(String service, String address, int connections) {}

  Instant started();

  List<ServedPort> ports();

  /** The index of its searches, unless that is off. */
  Optional<ContentIndex> index();

  /** Forgets what is remembered of the account's password. */
  void forgetCredential(AccountId account);

  /**
   * Takes certificates and limits from the configuration as it is now, for new connections.
   *
   * @return what still needs a restart, by key; empty when all is in effect
   */
  List<String> reload() throws Refusal;
}
