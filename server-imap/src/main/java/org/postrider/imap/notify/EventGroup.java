package org.postrider.imap.notify;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.search.MailboxSources;
import org.postrider.imap.search.MailboxSources.Source;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * Some mailboxes and what is to be told of them (RFC 5465 §8 event-group).
 *
 * @param source which mailboxes
 * @param delayed whether it is SELECTED-DELAYED
 * @param items what is to be told of new messages, or null for nothing
 * @param unknown whether an event is among them that there is not here
 */
record EventGroup(
    Source source,
    boolean delayed,
    Set<Event> events,
    @Nullable FetchItems items,
    boolean unknown) {
  static EventGroup parse(ImapReader in) throws IOException, ImapSyntaxException {
    in.expect('(');
    String filter = in.name();
    boolean delayed = filter.equals("SELECTED-DELAYED");
    if (filter.equals("SUBTREE-ONE")) {
      throw new ImapSyntaxException("No such mailbox specifier here");
    }
    Source source = MailboxSources.source(delayed ? "SELECTED" : filter, in);
    in.space();
    EventGroup group = events(source, delayed, in);
    in.expect(')');
    group.check();
    return group;
  }

  private static EventGroup events(Source source, boolean delayed, ImapReader in)
      throws IOException, ImapSyntaxException {
    Set<Event> events = EnumSet.noneOf(Event.class);
    FetchItems items = null;
    boolean unknown = false;
    if (!in.accept('(')) {
      if (!in.name().equals("NONE")) {
        throw new ImapSyntaxException("Expected a list of events or NONE");
      }
      return new EventGroup(source, delayed, events, null, false);
    }
    boolean more;
    do {
      Optional<Event> event = Event.byName(in.name());
      event.ifPresent(events::add);
      unknown |= event.isEmpty();
      more = in.accept(' ');
      if (more && in.peek() == '(' && event.equals(Optional.of(Event.MESSAGE_NEW))) {
        items = FetchItems.parse(in);
        more = in.accept(' ');
      }
    } while (more);
    in.expect(')');
    return new EventGroup(source, delayed, events, items, unknown);
  }

  /** What RFC 5465 §5 and §8 demand of the events of a group. */
  private void check() throws ImapSyntaxException {
    boolean arrivals = events.contains(Event.MESSAGE_NEW);
    boolean expunges = events.contains(Event.MESSAGE_EXPUNGE);
    if (arrivals != expunges || (events.contains(Event.FLAG_CHANGE) && !arrivals)) {
      throw new ImapSyntaxException("MessageNew and MessageExpunge go together, with FlagChange");
    }
    if (isSelected() && !events.stream().allMatch(Event::isAboutMessages)) {
      throw new ImapSyntaxException("Only events of messages for the selected mailbox");
    }
    if (!isSelected() && items != null) {
      throw new ImapSyntaxException("Data items for the selected mailbox only");
    }
  }

  /** Whether it is about the selected mailbox. */
  boolean isSelected() {
    return source.kind() == MailboxSources.Kind.SELECTED;
  }
}
