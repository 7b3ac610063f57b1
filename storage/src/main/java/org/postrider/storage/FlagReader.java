package org.postrider.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of one mailbox into entries; reads the mailbox's keywords when the first row has
 * some, and shares equal flags.
 */
final class FlagReader {
  private final MailboxId mailbox;
  private final Map<List<String>, List<String>> shared = new HashMap<>();
  private @Nullable KeywordSet keywords;

  FlagReader(MailboxId mailbox) {
    this.mailbox = mailbox;
  }

  /** Has the keywords of that row at hand. */
  void prepare(Connection connection, MessageRow row) throws SQLException {
    if (row.keywords() != null && (keywords == null || !keywords.covers(row.keywords()))) {
      keywords = KeywordSet.load(connection, mailbox);
    }
  }

  /** Has the keywords of those rows at hand. */
  void prepare(Connection connection, List<MessageRow> rows) throws SQLException {
    for (MessageRow row : rows) {
      prepare(connection, row);
    }
  }

  MessageEntry entry(MessageRow row) {
    byte[] bits = row.keywords();
    KeywordSet known = keywords;
    if (bits == null || known == null) {
      return entry(row, MessageFlags.ofBits(row.flags()));
    }
    List<String> names = MessageFlags.of(0, known.names(bits)).keywords();
    return entry(row, new MessageFlags(row.flags(), shared.computeIfAbsent(names, key -> key)));
  }

  /** The entry of a row whose keywords the transaction knows. */
  static MessageEntry entry(MessageRow row, KeywordSet keywords) {
    return entry(row, MessageFlags.of(row.flags(), keywords.names(row.keywords())));
  }

  private static MessageEntry entry(MessageRow row, MessageFlags flags) {
    return new MessageEntry(
        row.uid(),
        row.modSeq(),
        flags,
        row.internalDate(),
        row.saveDate(),
        row.size(),
        new ContentId(row.content()));
  }
}
