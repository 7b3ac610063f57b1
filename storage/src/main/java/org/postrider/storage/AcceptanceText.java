package org.postrider.storage;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the audit log tells of a message that was accepted: lines, each of a letter, a space, and
 * what it stands for. {@code F} the sender, {@code C} the client, {@code K} the checks, {@code R}
 * the queue entry that it reports on, {@code Q} its own number in the queue, {@code L} a copy as
 * {@code mailbox/uid address}. When there are many copies there are several rows, which all begin
 * with the same lines. Whom it was queued for is told by the queue.
 */
final class AcceptanceText {
  static final String DELIVER = "deliver";
  static final String QUEUE = "queue";
  private static final int CLIENT_MAX = 300;
  private static final int CHECKS_MAX = 600;
  private static final int ADDRESS_MAX = 320;

  private AcceptanceText() {}

  /** Notes a delivery, in the queue's history too where it concerns the queue. */
  static void insert(
      Transaction tx,
      long now,
      Delivery delivery,
      List<Delivery.Filed> filed,
      @Nullable QueueEntryId entry)
      throws SQLException {
    Delivery.Origin origin = delivery.origin();
    StringBuilder text = new StringBuilder(200);
    line(text, 'F', delivery.reversePath(), ADDRESS_MAX);
    if (!origin.client().isEmpty()) {
      line(text, 'C', origin.client(), CLIENT_MAX);
    }
    if (!origin.checks().isEmpty()) {
      line(text, 'K', origin.checks(), CHECKS_MAX);
    }
    QueueEntryId about = origin.reportOn();
    if (about != null) {
      line(text, 'R', about.toString(), ADDRESS_MAX);
    }
    if (entry != null) {
      line(text, 'Q', entry.toString(), ADDRESS_MAX);
    }
    int head = text.length();
    long id = 0;
    for (Delivery.Filed copy : filed) {
      int before = text.length();
      String place = copy.mailbox() + "/" + copy.uid() + " " + copy.target().recipient();
      line(text, 'L', place, ADDRESS_MAX + 40);
      if (text.length() > AuditRows.SUBJECT_MAX && before > head) {
        String more = text.substring(before);
        text.setLength(before);
        id = row(tx, now, delivery, text, entry, id);
        text.setLength(head);
        text.append(more);
      }
    }
    id = row(tx, now, delivery, text, entry, id);
    if (entry != null) {
      QueueEventRows.insert(tx, event(entry, now, "queued", "", id));
    }
    if (about != null) {
      QueueEventRows.insert(tx, event(about, now, "report", "", id));
    }
  }

  private static QueueEvent event(
      QueueEntryId entry, long now, String kind, String reply, long audit) {
    return new QueueEvent(entry, now, -1, 0, kind, "", "", "", reply, audit);
  }

  private static void line(StringBuilder text, char letter, String what, int max) {
    text.append(letter).append(' ');
    int length = Math.min(what.length(), max);
    for (int i = 0; i < length; i++) {
      char c = what.charAt(i);
      text.append(c < ' ' ? ' ' : c);
    }
    text.append('\n');
  }

  /** Returns the number of the first row. */
  private static long row(
      Transaction tx,
      long now,
      Delivery delivery,
      CharSequence text,
      @Nullable QueueEntryId entry,
      long first)
      throws SQLException {
    long id =
        AuditRows.insert(
            tx,
            now,
            entry == null ? DELIVER : QUEUE,
            delivery.sessionId(),
            delivery.authenticated(),
            text.toString(),
            delivery.content().digest().messageId().map(AuditLog::searched).orElse(null));
    return first == 0 ? id : first;
  }

  /** What a row tells. */
  static Acceptance parse(
      long id,
      long at,
      String session,
      Optional<AccountId> account,
      String messageId,
      String subject) {
    String reversePath = "";
    String client = "";
    String checks = "";
    Optional<QueueEntryId> reportOn = Optional.empty();
    Optional<QueueEntryId> entry = Optional.empty();
    List<Acceptance.Copy> copies = new ArrayList<>();
    for (String line : subject.split("\n", -1)) {
      String what = line.length() < 2 ? "" : line.substring(2);
      switch (line.isEmpty() ? ' ' : line.charAt(0)) {
        case 'F' -> reversePath = what;
        case 'C' -> client = what;
        case 'K' -> checks = what;
        case 'R' -> reportOn = Optional.of(new QueueEntryId(Long.parseLong(what)));
        case 'Q' -> entry = Optional.of(new QueueEntryId(Long.parseLong(what)));
        case 'L' -> copies.add(copy(what));
        default -> {} // the empty end; or what an older version wrote, in words
      }
    }
    return new Acceptance(
        id, at, session, account, messageId, reversePath, client, checks, reportOn, entry, copies);
  }

  private static Acceptance.Copy copy(String text) {
    int slash = text.indexOf('/');
    int space = text.indexOf(' ', slash);
    return new Acceptance.Copy(
        text.substring(space + 1),
        new MailboxId(Long.parseLong(text.substring(0, slash))),
        Long.parseLong(text.substring(slash + 1, space)));
  }
}
