package org.postrider.storage;

import java.util.List;

/** What an address of SMTP's RCPT leads to. */
public sealed interface Resolution {
  /**
   * One or more final destinations, aliases followed and loops cut, without duplicates.
   *
   * @param remote addresses in domains that are not ours
   * @param viaAlias whether an alias led there (EXPN may answer)
   */
  record Deliverable(List<LocalRecipient> local, List<String> remote, boolean viaAlias)
      implements Resolution {}

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
