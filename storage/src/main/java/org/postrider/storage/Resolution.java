package org.postrider.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an address of SMTP's RCPT leads to. */
public sealed interface Resolution {
  /**
   * One or more final destinations, aliases followed and loops cut, without duplicates.
   *
   * @param remote addresses in domains that are not ours
   * @param viaAlias whether an alias led there (EXPN may answer)
   * @param group the mailing list that was addressed, or null
   */
  record Deliverable(
      List<LocalRecipient> local, List<String> remote, boolean viaAlias, @Nullable Group group)
      implements Resolution {
    /** Whether it leads to more than one. */
    public boolean isMany() {
      return local.size() + remote.size() > 1;
    }
  }

  /** Our domain, but nobody of that name. */
  record UnknownUser() implements Resolution {}

  /** Not our domain. */
  record NotLocal() implements Resolution {}

  /** An account that was disabled by the administrator. */
  record Disabled() implements Resolution {}

  /**
   * A local destination.
   *
   * @param detail what follows {@code +} in {@code user+detail}, or empty
   */
  record LocalRecipient(AccountId account, String address, String detail) {}
}
