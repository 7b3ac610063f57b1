package org.postrider.imap.notify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItems;
import org.postrider.imap.fetch.FetchResponder;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.list.StatusItem;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.Interest;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.NewMessages;
import org.postrider.imap.session.Notifications;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.storage.AccountId;
import org.postrider.storage.ChangeBus;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;

/**
 * What a client hears of mailboxes that are not selected, and of names (RFC 5465). The change bus
 * marks what may have changed; the client is told the difference between what it knows and what is,
 * when its session comes to it. So many changes are one response, and a client that does not read
 * costs no more than a mark for each of its mailboxes.
 */
public final class Watch implements Notifications {
  private final ImapSession session;
  private final NotifyRequest request;
  private final AccountId account;
  private final Map<MailboxId, Known> known = new LinkedHashMap<>();
  private final Set<MailboxId> marked = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean namesMarked = new AtomicBoolean();
  private Set<String> subscribed = Set.of();
  private ChangeBus.Subscription subscription = () -> {};

  public Watch(ImapSession session, NotifyRequest request) {
    this.session = session;
    this.request = request;
    this.account = session.account().id();
  }

  /**
   * Begins to listen; tells how the mailboxes are now where the client wants to know.
   *
   * @return false when there are too many, and nothing is listened to
   */
  public boolean begin() throws IOException {
    if (!request.isAboutOthers()) {
      return true;
    }
    subscription =
        session
            .store()
            .changes()
            .watch(
                account,
                () -> {
                  namesMarked.set(true);
                  session.connection().wake();
                });
    List<Mailbox> all = mailboxes();
    subscribed = subscriptions();
    if (!listen(all)) {
      close();
      return false;
    }
    // They are watched since then; what comes after this second look is heard.
    for (Mailbox mailbox : mailboxes()) {
      Known each = known.get(mailbox.id());
      if (each != null) {
        each.learn(mailbox);
        if (request.status() && each.wantsMessages() && !isSelected(mailbox.id())) {
          session.writer().untagged(StatusItem.of(session, mailbox, each.summary()));
        }
      }
    }
    return true;
  }

  private List<Mailbox> mailboxes() {
    return session.store().mailboxes().list(account);
  }

  private Set<String> subscriptions() {
    return request.needsSubscriptions()
        ? new TreeSet<>(session.store().mailboxes().subscriptions(account))
        : Set.of();
  }

  /**
   * Knows those mailboxes from now on, and watches what is asked for.
   *
   * @return whether they are not too many
   */
  private boolean listen(List<Mailbox> all) {
    int watched = 0;
    for (Mailbox mailbox : all) {
      Set<Event> events = request.events(mailbox.name(), subscribed);
      Known each = known.computeIfAbsent(mailbox.id(), id -> new Known(mailbox.name(), Set.of()));
      boolean before = each.wantsMessages();
      each.name(mailbox.name());
      each.events(events);
      if (each.wantsMessages() && ++watched > session.limits().notifyMailboxesMax()) {
        return false;
      }
      if (each.wantsMessages() && !before) {
        each.subscription(watch(mailbox.id()));
        marked.add(mailbox.id());
      } else if (!each.wantsMessages()) {
        each.close();
      }
    }
    return true;
  }

  private ChangeBus.Subscription watch(MailboxId mailbox) {
    return session
        .store()
        .changes()
        .watch(
            mailbox,
            () -> {
              marked.add(mailbox);
              session.connection().wake();
            });
  }

  @Override
  public Interest interest() {
    Set<Event> events = request.selected().map(EventGroup::events).orElse(Set.of());
    if (events.contains(Event.FLAG_CHANGE)) {
      return Interest.ALL;
    }
    return events.contains(Event.MESSAGE_NEW) ? Interest.MESSAGES : Interest.NONE;
  }

  @Override
  public NewMessages newMessages() {
    FetchItems items = request.selected().map(EventGroup::items).orElse(null);
    return items == null ? which -> {} : which -> fetch(items, which);
  }

  private void fetch(FetchItems items, IndexRanges which) throws IOException {
    FetchResponder responder =
        new FetchResponder(session, items.with(false, session.isCondstore()), 0);
    responder.respond(which);
    if (!responder.damaged().isEmpty()) {
      session.writer().warn(Plain.CORRUPTION, "New messages are damaged on the server's disk");
    }
  }

  @Override
  public boolean isDelayed() {
    return request.selected().map(EventGroup::delayed).orElse(false);
  }

  @Override
  public void report() throws IOException {
    if (namesMarked.getAndSet(false) && !reportNames()) {
      // RFC 5465 §5.8
      session.writer().ok(Plain.NOTIFICATIONOVERFLOW, "Too many mailboxes are watched");
      session.notifications(new Watch(session, NotifyRequest.NONE));
      return;
    }
    for (Iterator<MailboxId> each = marked.iterator(); each.hasNext(); ) {
      MailboxId id = each.next();
      each.remove();
      try {
        reportMailbox(id);
      } catch (RuntimeException e) {
        marked.add(id);
        throw e;
      }
    }
  }

  private void reportMailbox(MailboxId id) throws IOException {
    Known each = known.get(id);
    if (each == null || !each.wantsMessages()) {
      return;
    }
    Optional<Mailbox> now = session.store().mailboxes().find(id);
    if (now.isEmpty() || (isSelected(id) && interest() == Interest.NONE)) {
      return;
    }
    if (!isSelected(id)) {
      Set<StatusItem> news = each.news(now.get(), session.isCondstore());
      if (!news.isEmpty()) {
        session.writer().untagged(StatusItem.of(session, now.get(), news));
      }
    }
    each.learn(now.get());
  }

  private boolean isSelected(MailboxId id) {
    return session.state() instanceof Selected(var ignored, MailboxView view)
        && view.mailbox().equals(id);
  }

  /**
   * Tells of names that came, went or changed.
   *
   * @return false when there are too many mailboxes now
   */
  private boolean reportNames() throws IOException {
    List<Mailbox> all;
    Set<String> subscribedNow;
    try {
      all = mailboxes();
      subscribedNow = subscriptions();
    } catch (RuntimeException e) {
      namesMarked.set(true);
      throw e;
    }
    NameChanges changes = new NameChanges(known, all);
    Map<String, @Nullable String> told = new LinkedHashMap<>();
    changes
        .affected()
        .forEach((name, oldName) -> {
          if (wants(Event.MAILBOX_NAME, name, subscribedNow)
              || (oldName != null && wants(Event.MAILBOX_NAME, oldName, subscribedNow))) {
            told.put(name, oldName);
          }
        });
    Set<String> switched = new TreeSet<>(subscribed);
    switched.addAll(subscribedNow);
    switched.removeIf(name -> subscribed.contains(name) == subscribedNow.contains(name));
    for (String name : switched) {
      if (wants(Event.SUBSCRIPTION_CHANGE, name, subscribedNow)) {
        told.putIfAbsent(name, null);
      }
    }
    subscribed = subscribedNow;
    changes
        .gone()
        .forEach(id -> {
          Known gone = known.remove(id);
          if (gone != null) {
            gone.close();
          }
        });
    boolean fits = listen(all);
    new ListResponder(session).announce(all, subscribed, told);
    return fits;
  }

  /** Whether the client wants to hear of that event for a name, which was or is subscribed. */
  private boolean wants(Event event, String name, Set<String> subscribedNow) {
    return request.events(name, subscribed).contains(event)
        || request.events(name, subscribedNow).contains(event);
  }

  @Override
  public void arrived(MailboxId mailbox, long[] uids) {
    Known each = known.get(mailbox);
    if (each != null) {
      each.arrived(uids);
    }
  }

  @Override
  public void created(String name) {
    if (request.isAboutOthers()) {
      List<Mailbox> own = new ArrayList<>(mailboxes());
      own.removeIf(each -> !name.equals(each.name()) && !name.startsWith(each.name() + "/"));
      for (Mailbox mailbox : own) {
        known.computeIfAbsent(mailbox.id(), id -> new Known(mailbox.name(), Set.of()));
      }
    }
  }

  @Override
  public void deleted(String name) {
    known
        .values()
        .removeIf(each -> {
          boolean gone = each.name().equals(name);
          if (gone) {
            each.close();
          }
          return gone;
        });
  }

  @Override
  public void renamed(String from, String to) {
    String above = from + "/";
    for (Known each : known.values()) {
      boolean meant = each.name().equals(from) || each.name().startsWith(above);
      if (meant && !from.equals("INBOX")) {
        each.name(to + each.name().substring(from.length()));
      }
    }
    created(to);
  }

  @Override
  public void subscribed(String name, boolean now) {
    if (request.needsSubscriptions()) {
      subscribed = new TreeSet<>(subscribed);
      if (now) {
        subscribed.add(name);
      } else {
        subscribed.remove(name);
      }
    }
  }

  @Override
  public void close() {
    subscription.close();
    known.values().forEach(Known::close);
    known.clear();
  }
}
