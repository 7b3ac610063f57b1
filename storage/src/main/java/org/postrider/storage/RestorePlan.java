package org.postrider.storage;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a folder and of a message of a backup in a store that went on since. Two rules
 * are above all: what is there is left alone, and no UID ever names another message than the one it
 * named (RFC 9051 §2.3.1.1). A UID that clients were told is gone stays gone, so such a message
 * comes back under a new one.
 */
public final class RestorePlan {
  private RestorePlan() {}

  /** Where the messages of a folder go. */
  public sealed interface Destination {
    /** The mailbox itself, perhaps under another name by now. */
    record Same(Mailbox mailbox) implements Destination {}

    /** Another mailbox has the name; all messages come under new UIDs. */
    record Other(Mailbox mailbox) implements Destination {}

    /** The mailbox itself was deleted and is still held; it comes back as it was then. */
    record Held(Mailbox mailbox) implements Destination {}

    /**
     * A new one is made.
     *
     * @param sameUids with the old UIDVALIDITY and UIDs; else with new ones
     */
    record Fresh(boolean sameUids) implements Destination {}
  }

  /**
   * An account's mailboxes.
   *
   * @param live those that clients see
   * @param held deleted, and can be restored
   * @param leaving deleted, with a retention that is over; they may be half swept
   */
  public record Mailboxes(List<Mailbox> live, List<Mailbox> held, List<Mailbox> leaving) {
    /** Of an account that is new. */
    public static final Mailboxes NONE = new Mailboxes(List.of(), List.of(), List.of());

    boolean any(Predicate<Mailbox> predicate) {
      return live.stream().anyMatch(predicate)
          || held.stream().anyMatch(predicate)
          || leaving.stream().anyMatch(predicate);
    }
  }

  /**
   * Where the messages of a folder go. A UIDVALIDITY comes back only when no mailbox of the account
   * has it and no later mailbox had the name.
   *
   * @param old as it was backed up
   * @param now those of its account
   */
  public static Destination destination(Mailbox old, Mailboxes now) {
    Predicate<Mailbox> same =
        mailbox ->
            mailbox.uidValidity() == old.uidValidity()
                && (mailbox.id().equals(old.id()) || mailbox.name().equals(old.name()));
    Optional<Destination> live =
        find(now.live, same)
            .<Destination>map(Destination.Same::new)
            .or(() ->
                find(now.live, mailbox -> mailbox.name().equals(old.name()))
                    .map(Destination.Other::new));
    return live.or(() -> find(now.held, same).map(Destination.Held::new))
        .orElseGet(() ->
            new Destination.Fresh(
                !now.any(mailbox ->
                    mailbox.uidValidity() == old.uidValidity()
                        || (mailbox.name().equals(old.name())
                            && mailbox.uidValidity() > old.uidValidity()))));
  }

  private static Optional<Mailbox> find(List<Mailbox> mailboxes, Predicate<Mailbox> predicate) {
    return mailboxes.stream().filter(predicate).findFirst();
  }

  /** What becomes of a message, by its UID alone. */
  public enum Fate {
    /** It is there. */
    THERE,
    /** It comes back under its UID. */
    OLD_UID,
    /** It comes back under a new UID. */
    NEW_UID
  }

  /**
   * What becomes of a message of a mailbox that is still the same.
   *
   * @param old as it was backed up
   * @param there what has its UID now, or null
   * @param expunged whether clients may have been told that the UID is gone
   * @param uidNext the mailbox's UIDNEXT; what is not below it was never given out here
   */
  static Fate fate(MessageEntry old, @Nullable MessageRow there, boolean expunged, long uidNext) {
    if (there != null) {
      return there.size() == old.size() && there.internalDate() == old.internalDate()
          ? Fate.THERE
          : Fate.NEW_UID;
    }
    return expunged || old.uid() >= uidNext ? Fate.NEW_UID : Fate.OLD_UID;
  }
}
