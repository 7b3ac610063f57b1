package org.postrider.storage;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the writer does to messages. Each change first checks everything that may refuse it, then
 * changes.
 */
final class MessageChanges {
  private final StoreSettings settings;
  private final Clock clock;

  MessageChanges(StoreSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * @param contents the contents of the messages, in their order
   */
  record Appended(Messages.AppendResult result, long[] contents) {}

  Appended append(Transaction tx, MailboxId id, List<Messages.NewMessage> messages)
      throws SQLException {
    MailboxState mailbox = tx.mailbox(id);
    mailbox.requireOpenToAll();
    long octets = messages.stream().mapToLong(m -> m.content().size()).sum();
    tx.account(mailbox.account()).requireRoom(octets, messages.size());
    return append(tx, mailbox, octets, messages);
  }

  private Appended append(
      Transaction tx, MailboxState mailbox, long octets, List<Messages.NewMessage> messages)
      throws SQLException {
    MailboxId id = mailbox.mailbox();
    mailbox.requireUids(messages.size());
    List<String> names = messages.stream().flatMap(m -> m.flags().keywords().stream()).toList();
    if (!names.isEmpty()) {
      tx.keywords(id).requireRoom(MessageFlags.of(0, names).keywords(), settings.keywordsMax());
    }
    long now = clock.millis();
    long[] uids = new long[messages.size()];
    long[] contents = new long[messages.size()];
    if (messages.isEmpty()) {
      return new Appended(new Messages.AppendResult(id, mailbox.uidValidity(), uids), contents);
    }
    long modSeq = mailbox.nextModSeq();
    tx.account(mailbox.account()).use(octets, messages.size());
    for (int i = 0; i < uids.length; i++) {
      Messages.NewMessage message = messages.get(i);
      MessageFlags flags = message.flags();
      contents[i] = ContentRows.take(tx, message.content(), 1, now);
      uids[i] = mailbox.nextUid();
      byte[] keywords =
          flags.keywords().isEmpty() ? null : tx.keywords(id).bits(tx, flags.keywords());
      add(
          tx,
          mailbox,
          new MessageRow(
              uids[i],
              modSeq,
              flags.system(),
              keywords,
              message.internalDate(),
              now,
              message.content().size(),
              contents[i]));
    }
    return new Appended(new Messages.AppendResult(id, mailbox.uidValidity(), uids), contents);
  }

  Appended replace(
      Transaction tx, MailboxId from, long uid, MailboxId to, Messages.NewMessage message)
      throws SQLException {
    MailboxState source = tx.mailbox(from);
    MailboxState target = tx.mailbox(to);
    long[] uids = {uid};
    MessageSelection old = MessageSelection.of(tx, from, uids, 0);
    if (old.isEmpty()) {
      throw new StorageException(
          StorageException.Reason.NOT_FOUND, "The message to be replaced is gone");
    }
    long octets = message.content().size();
    AccountState account = tx.account(target.account());
    if (!source.account().equals(target.account())) {
      account.requireRoom(octets, 1);
    } else if (octets > old.octets()) {
      account.requireRoom(octets - old.octets(), 0);
    }
    Appended appended = append(tx, target, octets, List.of(message));
    expunge(tx, from, uids, "imap", false);
    return appended;
  }

  /** Inserts a message and counts it in the mailbox. */
  static void add(Transaction tx, MailboxState mailbox, MessageRow row) throws SQLException {
    mailbox.count(row.flags(), row.size(), 1);
    MessageRows.insert(tx, mailbox.mailbox(), row);
  }

  Messages.StoreResult storeFlags(
      Transaction tx, MailboxId id, long[] uids, FlagChange change, OptionalLong unchangedSince)
      throws SQLException {
    MailboxState mailbox = tx.mailbox(id);
    KeywordSet keywords = tx.keywords(id);
    List<String> names = change.flags().keywords();
    boolean removes = change.mode() == FlagChange.Mode.REMOVE;
    tx.flush();
    List<MessageRow> rows = new ArrayList<>(uids.length);
    MessageRows.byUids(tx.connection(), id, uids, rows::add);
    if (!removes && !rows.isEmpty()) {
      keywords.requireRoom(names, settings.keywordsMax());
    }
    UidList modified = new UidList();
    List<MessageRow> changed = new ArrayList<>();
    UidList before = new UidList();
    byte[] bits = removes || rows.isEmpty() ? keywords.knownBits(names) : keywords.bits(tx, names);
    long modSeq = 0;
    for (MessageRow row : rows) {
      if (unchangedSince.isPresent() && row.modSeq() > unchangedSince.getAsLong()) {
        modified.add(row.uid());
        continue;
      }
      int flags = flags(change, row.flags());
      byte[] newKeywords = keywords(change.mode(), row.keywords(), bits);
      if (flags == row.flags() && Arrays.equals(newKeywords, row.keywords())) {
        continue;
      }
      if (modSeq == 0) {
        modSeq = mailbox.nextModSeq();
      }
      mailbox.countFlags(row.flags(), -1);
      mailbox.countFlags(flags, 1);
      before.add(row.modSeq());
      changed.add(
          new MessageRow(
              row.uid(),
              modSeq,
              flags,
              newKeywords,
              row.internalDate(),
              row.saveDate(),
              row.size(),
              row.content()));
    }
    if (!changed.isEmpty()) {
      MessageRows.updateFlags(tx, id, changed);
    }
    return new Messages.StoreResult(
        changed.stream().map(row -> FlagReader.entry(row, keywords)).toList(),
        before.toArray(),
        modified.toArray());
  }

  private static int flags(FlagChange change, int before) {
    int given = change.flags().system();
    return switch (change.mode()) {
      case REPLACE -> given;
      case ADD -> before | given;
      case REMOVE -> before & ~given;
    };
  }

  private static byte @Nullable [] keywords(
      FlagChange.Mode mode, byte @Nullable [] before, byte @Nullable [] given) {
    if (given == null && mode != FlagChange.Mode.REPLACE) {
      return before;
    }
    BitSet bits = before == null ? new BitSet() : BitSet.valueOf(before);
    BitSet change = given == null ? new BitSet() : BitSet.valueOf(given);
    switch (mode) {
      case REPLACE -> bits = change;
      case ADD -> bits.or(change);
      case REMOVE -> bits.andNot(change);
    }
    return KeywordSet.toBytes(bits);
  }

  long[] expunge(Transaction tx, MailboxId id, long[] uids, String protocol, boolean onlyDeleted)
      throws SQLException {
    MailboxState mailbox = tx.mailbox(id);
    int required = onlyDeleted ? SystemFlag.DELETED.bit() : 0;
    MessageSelection messages = MessageSelection.of(tx, id, uids, required);
    if (!messages.isEmpty()) {
      AccountState account = tx.account(mailbox.account());
      long now = clock.millis();
      Outbox.cancel(tx, mailbox, messages.uids(), now);
      account.use(-messages.octets(), -messages.count());
      long modSeq = mailbox.nextModSeq();
      messages.each(rows -> take(tx, mailbox, rows, modSeq, now, true, protocol));
      AuditRows.insert(
          tx,
          now,
          "expunge",
          protocol,
          mailbox.account(),
          messages.count() + " of mailbox " + id + ", from UID " + messages.uids()[0]);
    }
    return messages.uids();
  }

  /**
   * Takes rows out of a mailbox.
   *
   * @param hold whether their tombstones keep the contents, with the references
   */
  static void take(
      Transaction tx,
      MailboxState mailbox,
      List<MessageRow> rows,
      long modSeq,
      long now,
      boolean hold,
      String protocol)
      throws SQLException {
    for (MessageRow row : rows) {
      mailbox.count(row.flags(), row.size(), -1);
    }
    MessageRows.delete(tx, mailbox.mailbox(), rows);
    MessageRows.insertExpunged(tx, mailbox.mailbox(), rows, modSeq, now, hold, protocol);
  }

  Messages.CopyResult copy(Transaction tx, MailboxId from, long[] uids, MailboxId to)
      throws SQLException {
    tx.mailbox(from);
    MailboxState target = tx.mailbox(to);
    target.requireOpenToAll();
    MessageSelection messages = MessageSelection.of(tx, from, uids, 0);
    AccountState account = tx.account(target.account());
    account.requireRoom(messages.octets(), messages.count());
    requireRoom(tx, target, messages.count(), messages.keywords());
    UidList targetUids = new UidList();
    if (!messages.isEmpty()) {
      account.use(messages.octets(), messages.count());
      long modSeq = target.nextModSeq();
      messages.each(rows -> {
        Map<Long, Long> references = new HashMap<>();
        rows.forEach(row -> references.merge(row.content(), 1L, Long::sum));
        ContentRows.addReferences(tx, references);
        put(tx, from, target, rows, modSeq, targetUids);
      });
    }
    return result(target, messages.uids(), targetUids);
  }

  Messages.CopyResult move(Transaction tx, MailboxId from, long[] uids, MailboxId to)
      throws SQLException {
    MailboxState source = tx.mailbox(from);
    MailboxState target = tx.mailbox(to);
    target.requireOpenToAll();
    MessageSelection messages = MessageSelection.of(tx, from, uids, 0);
    boolean between = !source.account().equals(target.account());
    if (between) {
      tx.account(target.account()).requireRoom(messages.octets(), messages.count());
    }
    requireRoom(tx, target, messages.count(), messages.keywords());
    UidList targetUids = new UidList();
    if (!messages.isEmpty()) {
      long now = clock.millis();
      Outbox.cancel(tx, source, messages.uids(), now);
      if (between) {
        tx.account(source.account()).use(-messages.octets(), -messages.count());
        tx.account(target.account()).use(messages.octets(), messages.count());
      }
      long goneModSeq = source.nextModSeq();
      long modSeq = target.nextModSeq();
      messages.each(rows -> {
        // the message goes on in the target with its content: nothing to restore here
        take(tx, source, rows, goneModSeq, now, false, "move");
        put(tx, from, target, rows, modSeq, targetUids);
      });
    }
    return result(target, messages.uids(), targetUids);
  }

  /** Puts expunged messages that are held into a mailbox; their tombstones stay without them. */
  Messages.CopyResult restore(Transaction tx, MailboxId from, long[] uids, MailboxId to)
      throws SQLException {
    tx.flush();
    List<MessageRow> rows =
        HeldRows.byUids(tx.connection(), from, uids).stream()
            .map(held -> held.message().without(SystemFlag.DELETED))
            .toList();
    MailboxState target = tx.mailbox(to);
    target.requireOpenToAll();
    AccountState account = tx.account(target.account());
    long octets = rows.stream().mapToLong(MessageRow::size).sum();
    account.requireRoom(octets, rows.size());
    KeywordSet known = tx.keywords(from);
    requireRoom(
        tx,
        target,
        rows.size(),
        rows.stream().flatMap(row -> known.names(row.keywords()).stream()).distinct().toList());
    long[] sourceUids = rows.stream().mapToLong(MessageRow::uid).toArray();
    UidList restored = new UidList();
    if (!rows.isEmpty()) {
      account.use(octets, rows.size());
      HeldRows.letGo(tx, rows.stream().map(row -> MessageRows.id(from, row.uid())).toList());
      put(tx, from, target, rows, target.nextModSeq(), restored);
      AuditRows.insert(
          tx,
          clock.millis(),
          "restore",
          "",
          target.account(),
          rows.size() + " of mailbox " + from + " to " + to + ", from UID " + restored.first());
    }
    return result(target, sourceUids, restored);
  }

  private void requireRoom(Transaction tx, MailboxState target, int count, List<String> keywords)
      throws SQLException {
    target.requireUids(count);
    tx.keywords(target.mailbox()).requireRoom(keywords, settings.keywordsMax());
  }

  /** Puts rows of another mailbox (or the same) in, under new UIDs, which it adds to the list. */
  private void put(
      Transaction tx,
      MailboxId from,
      MailboxState target,
      List<MessageRow> rows,
      long modSeq,
      UidList uids)
      throws SQLException {
    KeywordSet known = tx.keywords(from);
    KeywordSet keywords = tx.keywords(target.mailbox());
    long now = clock.millis();
    for (MessageRow row : rows) {
      long uid = target.nextUid();
      uids.add(uid);
      byte[] bits = row.keywords() == null ? null : keywords.bits(tx, known.names(row.keywords()));
      add(
          tx,
          target,
          new MessageRow(
              uid, modSeq, row.flags(), bits, row.internalDate(), now, row.size(), row.content()));
    }
  }

  private static Messages.CopyResult result(
      MailboxState target, long[] sourceUids, UidList targetUids) {
    return new Messages.CopyResult(
        target.mailbox(), target.uidValidity(), sourceUids, targetUids.toArray());
  }
}
