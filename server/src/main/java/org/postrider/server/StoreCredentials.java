package org.postrider.server;

import java.util.Optional;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.Directory;
import org.postrider.storage.StorageException;

/** The accounts of the store, as the authenticator sees them. */
final class StoreCredentials implements CredentialSource {
  private final Directory directory;

  StoreCredentials(Directory directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Found> find(String login) {
    try {
      return directory.account(login).flatMap(StoreCredentials::found);
    } catch (StorageException e) {
      if (e.reason() == StorageException.Reason.BAD_NAME) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<Found> found(Account account) {
    return Optional.ofNullable(account.credential())
        .map(text ->
            new Found(
                account.id().value(),
                account.login(),
                new StoredCredential(text),
                account.enabled()));
  }

  @Override
  public void upgrade(long account, StoredCredential credential) {
    directory.setCredential(new AccountId(account), credential.text());
  }
}
