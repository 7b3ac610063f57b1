package org.postrider.control.operation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.SpecialUse;
import org.postrider.storage.Store;

/**
 * Creates a folder, with those above it that are missing, and subscribes it.
 *
 * @param specialUse {@code sent}, {@code drafts}, ..., or null
 */
public record FolderCreate(String user, String name, @Nullable String specialUse)
    implements Operation<FolderCreate.Reply> {
  /** The folder that was created, its name in canonical form. */
  public record Reply(String login, String name) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    Mailbox mailbox = store.mailboxes().create(account.id(), name, use());
    store.mailboxes().subscribe(account.id(), mailbox.name());
    return new Reply(account.login(), mailbox.name());
  }

  private @Nullable SpecialUse use() throws Refusal {
    if (specialUse == null) {
      return null;
    }
    String wanted = specialUse.replace("\\", "").toUpperCase(Locale.ROOT);
    Set<SpecialUse> uses = EnumSet.complementOf(EnumSet.of(SpecialUse.SCHEDULED));
    for (SpecialUse use : uses) {
      if (use.name().equals(wanted)) {
        return use;
      }
    }
    throw new Refusal(
        Refusal.Reason.BAD_ARGUMENT,
        "'"
            + specialUse
            + "' is not a special use: it is one of "
            + uses.toString().toLowerCase(Locale.ROOT)
            + ".");
  }
}
