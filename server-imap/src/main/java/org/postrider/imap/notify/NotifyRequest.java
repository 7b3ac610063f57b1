package org.postrider.imap.notify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postrider.imap.search.MailboxSources.Kind;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * What a client wants to be told (RFC 5465 §3.1).
 *
 * @param status whether it wants to know how the mailboxes are now
 * @param groups none for NOTIFY NONE
 */
public record NotifyRequest(boolean status, List<EventGroup> groups) {
  /** Groups, and names of mailboxes in them, of one command. */
  private static final int NAMES_MAX = 1000;

  /** Nothing at all. */
  public static final NotifyRequest NONE = new NotifyRequest(false, List.of());

  /** The arguments of NOTIFY. */
  public static NotifyRequest parse(ImapReader in) throws IOException, ImapSyntaxException {
    if (in.acceptWord("NONE")) {
      return NONE;
    }
    if (!in.acceptWord("SET")) {
      throw new ImapSyntaxException("Expected SET or NONE");
    }
    boolean status = in.acceptWord(" STATUS");
    List<EventGroup> groups = new ArrayList<>();
    int names = 0;
    in.space();
    do {
      EventGroup group = EventGroup.parse(in);
      groups.add(group);
      names += 1 + group.source().names().size();
      if (names > NAMES_MAX) {
        throw new ImapSyntaxException("Too many mailboxes");
      }
    } while (in.accept(' '));
    if (groups.stream().filter(EventGroup::isSelected).count() > 1) {
      throw new ImapSyntaxException("The selected mailbox is given twice");
    }
    return new NotifyRequest(status, List.copyOf(groups));
  }

  /** Whether an event is asked for that there is not here. */
  public boolean hasUnknownEvents() {
    return groups.stream().anyMatch(EventGroup::unknown);
  }

  /** The names of the events that there are (RFC 5465 §8 unsupported-events-code). */
  public static List<String> knownEvents() {
    return Event.names();
  }

  /** What is to be told of the selected mailbox; empty for nothing. */
  Optional<EventGroup> selected() {
    return groups.stream().filter(EventGroup::isSelected).findFirst();
  }

  /** Whether something is to be told of other mailboxes or of names. */
  boolean isAboutOthers() {
    return groups.stream().anyMatch(group -> !group.isSelected() && !group.events().isEmpty());
  }

  /** Whether it matters which names are subscribed. */
  boolean needsSubscriptions() {
    return groups.stream()
        .anyMatch(group ->
            group.source().kind() == Kind.SUBSCRIBED
                || group.events().contains(Event.SUBSCRIPTION_CHANGE)
                || group.events().contains(Event.MAILBOX_NAME));
  }

  /** What is to be told of a mailbox of that name when it is not selected (RFC 5465 §6). */
  Set<Event> events(String name, Set<String> subscribed) {
    Set<Event> events = EnumSet.noneOf(Event.class);
    for (EventGroup group : groups) {
      if (!group.isSelected() && group.source().covers(name, subscribed)) {
        events.addAll(group.events());
      }
    }
    return events;
  }
}
