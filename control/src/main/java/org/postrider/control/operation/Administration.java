package org.postrider.control.operation;

import java.util.Optional;
import org.postrider.storage.AccountId;
import org.postrider.storage.Store;

/** What operations work on. */
public interface Administration {
  Installation installation();

  Store store();

  /** The running server; empty when the operation is executed without one. */
  Optional<RunningServer> server();

  /** To be called after a change of an account's credential or state. */
  default void credentialChanged(AccountId account) {
    server().ifPresent(server -> server.forgetCredential(account));
  }
}
