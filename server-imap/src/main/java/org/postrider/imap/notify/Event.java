package org.postrider.imap.notify;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The events of RFC 5465 §5 that there are here. */
enum Event {
  MESSAGE_NEW("MessageNew"),
  MESSAGE_EXPUNGE("MessageExpunge"),
  FLAG_CHANGE("FlagChange"),
  MAILBOX_NAME("MailboxName"),
  SUBSCRIPTION_CHANGE("SubscriptionChange");

  private final String imapName;

  Event(String imapName) {
    this.imapName = imapName;
  }

  /** The event of that name in any case; empty when there is none here. */
  static Optional<Event> byName(String name) {
    return Arrays.stream(values())
        .filter(event -> event.imapName.equalsIgnoreCase(name))
        .findFirst();
  }

  /** The names of all, for BADEVENT. */
  static List<String> names() {
    return Arrays.stream(values()).map(event -> event.imapName).toList();
  }

  /** Whether it is about messages (RFC 5465 §8 message-event). */
  boolean isAboutMessages() {
    return switch (this) {
      case MESSAGE_NEW, MESSAGE_EXPUNGE, FLAG_CHANGE -> true;
      case MAILBOX_NAME, SUBSCRIPTION_CHANGE -> false;
    };
  }
}
